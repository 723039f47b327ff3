import type { JobKind } from './job-kind.ts';

/** Made so that no part of it occurs anywhere else in a log. */
export const SECRET = 'wq8Zr1vKd5Tn0yPj3LxM7hUo';

const SUCCESS = { status: 'success' } as const;
const CANCELED = { status: 'canceled' } as const;
const STEPS = ['step 1', 'step 2'];
const MIB = 1024 * 1024;
/** Longer than any run may keep a cancel from being heard. */
const LONG_S = 900;

/** The kinds of jobs that run while the system is disturbed. */
export const JOB_KINDS: readonly JobKind[] = [
  {
    name: 'quick',
    share: 15,
    spec: ({ mark, lines }) => ({ script: [mark('step 1'), lines(1, 3), mark('step 2')] }),
    end: SUCCESS,
    marks: STEPS,
    lines: 3,
  },
  {
    name: 'chatty',
    share: 20,
    spec: ({ mark, lines }) => ({ script: [mark('step 1'), lines(1, 150, '0.05'), mark('step 2'), lines(151, 400)] }),
    end: SUCCESS,
    marks: STEPS,
    lines: 400,
  },
  {
    name: 'secretive',
    share: 10,
    spec: ({ mark, lines }) => ({
      script: [
        mark('step 1'),
        lines(1, 30, '0.1'),
        // The secret in two pieces with a pause between them, and backwards pieces of it that must stay readable.
        `printf '%s' "\${CHAOS_SECRET:0:12}"; sleep 2; printf '%s\\n' "\${CHAOS_SECRET:12}"`,
        lines(31, 60, '0.1'),
        mark('step 2'),
      ],
    }),
    end: SUCCESS,
    marks: STEPS,
    lines: 60,
  },
  {
    name: 'failing',
    share: 8,
    spec: ({ mark, lines }) => ({ script: [mark('step 1'), lines(1, 10, '0.2'), mark('step 2'), 'exit 7', mark('never')] }),
    end: { status: 'failed', failureReason: 'script_failure', exitCode: 7 },
    marks: STEPS,
    lines: 10,
  },
  {
    name: 'artifacts',
    share: 8,
    spec: ({ mark, lines }) => ({
      script: [
        mark('step 1'),
        'mkdir -p out && echo "$CI_JOB_NAME" > out/name.txt && head -c 300000 /dev/urandom > out/noise',
        lines(1, 10),
      ],
      payload: {
        artifacts: [
          {
            name: 'out',
            untracked: false,
            paths: ['out'],
            when: 'always',
            artifact_type: 'archive',
            artifact_format: 'zip',
            expire_in: null,
          },
        ],
      },
    }),
    end: SUCCESS,
    marks: ['step 1'],
    lines: 10,
    hasArchive: true,
  },
  {
    name: 'after-script',
    share: 8,
    spec: ({ mark, lines }) => ({
      script: [mark('step 1'), lines(1, 10, '0.1')],
      afterScript: [mark('after $CI_JOB_STATUS'), lines(11, 20, '0.1')],
    }),
    end: SUCCESS,
    marks: ['step 1', 'after success'],
    lines: 20,
  },
  {
    name: 'canceled',
    share: 5,
    spec: ({ mark, lines }) => ({
      script: [mark('step 1'), lines(1, 5), `sleep ${LONG_S}`, mark('never')],
      afterScript: [mark('after $CI_JOB_STATUS')],
    }),
    end: CANCELED,
    marks: ['step 1', 'after canceled'],
    lines: 5,
    isCanceled: true,
    isCutShort: true,
  },
  {
    name: 'stubborn',
    share: 4,
    spec: ({ mark, lines }) => ({
      script: [
        `trap '' TERM; ${mark('step 1')}`,
        lines(1, 5),
        `n=0; while [ $n -lt ${LONG_S} ]; do sleep 1; n=$((n+1)); done`,
        mark('never'),
      ],
    }),
    end: CANCELED,
    marks: ['step 1'],
    lines: 5,
    isCanceled: true,
    isCutShort: true,
  },
  {
    name: 'too-long',
    share: 4,
    spec: ({ mark, lines }) => ({ timeoutSeconds: 12, script: [mark('step 1'), lines(1, 5), `sleep ${LONG_S}`, mark('never')] }),
    end: { status: 'failed', failureReason: 'job_execution_timeout' },
    marks: ['step 1'],
    lines: 5,
    isCutShort: true,
  },
  {
    name: 'silent',
    share: 8,
    spec: ({ mark }) => ({ script: [mark('step 1'), 'sleep 12', mark('step 2')] }),
    end: SUCCESS,
    marks: STEPS,
    lines: 0,
  },
  {
    name: 'binary',
    share: 5,
    spec: ({ mark, lines }) => ({
      script: [mark('step 1'), lines(1, 5, '0.2'), 'head -c 3000 /dev/urandom; echo', lines(6, 10, '0.2'), mark('step 2')],
    }),
    end: SUCCESS,
    marks: STEPS,
    lines: 10,
  },
  {
    name: 'endless',
    share: 2,
    spec: ({ mark, lines }) => ({ script: [mark('step 1'), lines(1, 4000), mark('step 2')] }),
    end: SUCCESS,
    marks: STEPS,
    lines: 4000,
    isCutShort: true,
  },
  {
    name: 'filling',
    share: 3,
    spec: ({ mark, lines }) => ({
      script: [
        mark('step 1'),
        lines(1, 5),
        `head -c ${12 * MIB} /dev/zero > "$HOME/fill" 2> /dev/null || true`,
        lines(6, 10),
        'rm "$HOME/fill"',
        lines(11, 15, '0.2'),
        mark('step 2'),
      ],
    }),
    end: SUCCESS,
    marks: STEPS,
    lines: 15,
    losesLines: true,
    diskBytes: 8 * MIB,
  },
];
