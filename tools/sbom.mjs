// What the programs that are given away are made of, as a CycloneDX SBOM on stdout: `npm run sbom > sbom.json`. The build says which
// packages are in the bundles; what npm says of a workspace leaves out those that a tool of development needs too.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url);
const json = (path) => JSON.parse(readFileSync(fileURLToPath(new URL(path, root)), 'utf8'));

// Some old packages have a list.
const licenceOf = ({ license, licenses }) => license ?? licenses?.[0]?.type;
const purlOf = (name, version) => `pkg:npm/${name.replace('@', '%40')}@${version}`;
const { name, version, license } = json('packages/fargate-gitlab-runner/package.json');
const components = json('dist/bundle-parts.json').map((folder) => {
  const part = json(`${folder}/package.json`);
  const purl = purlOf(part.name, part.version);
  return {
    type: 'library',
    'bom-ref': purl,
    name: part.name,
    version: part.version,
    licenses: [{ license: { id: licenceOf(part) } }],
    purl,
  };
});
const bom = {
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  version: 1,
  metadata: {
    component: { type: 'application', 'bom-ref': purlOf(name, version), name, version, licenses: [{ license: { id: license } }] },
  },
  components,
};
process.stdout.write(`${JSON.stringify(bom, null, 2)}\n`);
