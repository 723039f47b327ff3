import { expect, test } from 'vitest';
import { readPipeline } from './read-pipeline.ts';

const FILES = new Map([
  ['ci/a.yml', 'a: {script: included}\n'],
  ['ci/b.yml', 'b: {script: included}\n'],
  [
    'typed.yml',
    'spec:\n  inputs:\n    word: {default: none}\n    count: {type: number}\n---\n$[[ inputs.word ]]-$[[ inputs.count ]]: {script: x}\n',
  ],
]);

const repository = { paths: [...FILES.keys()], read: (path: string) => FILES.get(path) };

test.each([
  [
    'bases are merged in depth, the job counts most',
    '.a: {variables: {X: base, Y: base}, tags: [base]}\nj: {extends: .a, script: x, variables: {X: own}, tags: [own]}\n',
    [
      {
        name: 'j',
        tags: ['own'],
        variables: [
          { key: 'X', value: 'own' },
          { key: 'Y', value: 'base' },
        ],
      },
    ],
  ],
  [
    '!reference',
    '.a: {script: [one, two]}\nj:\n  script:\n    - !reference [.a, script]\n    - three\n',
    [{ script: ['one', 'two', 'three'] }],
  ],
  [
    'include:local with a glob; the file itself counts more',
    'include: ci/*.yml\nb: {script: own}\n',
    [
      { name: 'a', script: ['included'] },
      { name: 'b', script: ['own'] },
    ],
  ],
  ['spec:inputs with a default and a type', 'include:\n  - local: typed.yml\n    inputs: {count: 3}\n', [{ name: 'none-3' }]],
  [
    'inherit:default chooses what is taken',
    'default: {tags: [dev], before_script: [first]}\nj:\n  script: x\n  inherit: {default: [tags]}\n',
    [{ tags: ['dev'], script: ['x'] }],
  ],
  [
    'rules: the first that fits decides',
    'j:\n  script: x\n  rules:\n    - {if: $NONE, when: never}\n    - {if: $BRANCH == "main", when: manual, allow_failure: true, variables: {V: rule}}\nk:\n  script: x\n  rules: [{if: $NONE}]\n',
    [{ name: 'j', when: 'manual', allowFailure: true, variables: [{ key: 'V', value: 'rule' }] }],
  ],
  [
    'rules:exists and rules:changes',
    'j: {script: x, rules: [{exists: [ci/*.yml]}]}\nk: {script: x, rules: [{exists: [no.txt]}]}\nl: {script: x, rules: [{changes: ["src/**/*"]}]}\nm: {script: x, rules: [{changes: [docs/*]}]}\n',
    [{ name: 'j' }, { name: 'l' }],
  ],
  ['parallel', 'j: {script: x, parallel: 2}\n', [{ name: 'j 1/2' }, { name: 'j 2/2' }]],
  [
    'a matrix names its jobs by values',
    'j: {script: x, parallel: {matrix: [{A: [1, 2], B: z}]}}\n',
    [{ name: 'j: [1, z]' }, { name: 'j: [2, z]' }],
  ],
  [
    'an image by its name',
    'j: {script: x, image: "alpine:3", resource_group: prod}\n',
    [{ image: { name: 'alpine:3' }, resourceGroup: 'prod' }],
  ],
])('%s', (_, text, jobs) => {
  const changes = () => ['src/deep/file.ts'];
  const reading = readPipeline(text, { file: 'ci.yml', repository, changes, predefined: { BRANCH: 'main' } });
  expect(reading).toMatchObject({ kind: 'valid', pipeline: { jobs } });
});
