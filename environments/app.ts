import { environments } from './environments.ts';
import { stacksOf } from './stacks.ts';

/** What the CDK command line runs: `app.ts NAME` is one environment, alone in its cloud assembly. */
const environment = environments[process.argv[2] ?? ''];
if (!environment) throw new Error(`no such environment: ${process.argv[2]}; there are ${Object.keys(environments).join(', ')}`);
stacksOf(environment).app.synth();
