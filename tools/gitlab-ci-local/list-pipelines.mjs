import { readFileSync, writeFileSync } from 'node:fs';
import { GitData } from 'gitlab-ci-local/src/git-data.js';
import { handler } from 'gitlab-ci-local/src/handler.js';
import { WriteStreamsMock } from 'gitlab-ci-local/src/write-streams.js';

/**
 * Has gitlab-ci-local look at pipelines, all in one process because its start costs most.
 *
 *     node list-pipelines.mjs <asked.json> <answers.json>
 *
 * Asked: a list of `{folder, variables, unset, preview}`, folders relative to the working directory, all in one git repository. Answered: for each
 * `{jobs, preview}`, the texts of its `--list-json` and (if asked for) `--preview`, or `{error}`. Its check against a JSON schema is left out: it takes
 * longer than all the rest.
 */
// What it asks git for is the same every time, or given; a dozen processes for each pipeline are too many.
const gitData = GitData.init('.', new WriteStreamsMock());
GitData.init = () => gitData;

const [asked, answered] = process.argv.slice(2);
const answers = [];
for (const { folder, variables, unset, preview } of JSON.parse(readFileSync(asked, 'utf8'))) {
  const args = {
    cwd: folder,
    variable: Object.entries(variables).map(([key, value]) => `${key}=${value}`),
    unsetVariable: unset,
    noColor: true,
    evaluateRuleChanges: true,
    ignorePredefinedVars: Object.keys(variables),
    jsonSchemaValidation: false,
  };
  try {
    answers.push({ jobs: await said({ ...args, listJson: true }), preview: preview ? await said({ ...args, preview: true }) : '' });
  } catch (error) {
    answers.push({ error: error instanceof Error ? error.message : String(error) });
  }
}
writeFileSync(answered, JSON.stringify(answers));

async function said(args) {
  const streams = new WriteStreamsMock();
  await handler(args, streams, []);
  return streams.stdoutLines.join('\n');
}
