import type { Finding } from '../finding.ts';
import { checkCache } from './cache.ts';
import { checkCaFile, checkClientCertificate } from './ca-file.ts';
import type { CrossCheck, Subject } from './cross-check.ts';
import { checkDeployment, describesDeployment } from './deployment.ts';
import { checkDeploymentPlaces } from './deployment-places.ts';
import { checkDeploymentPolicies } from './deployment-policies.ts';
import { checkDeploymentRunners } from './deployment-runners.ts';
import { checkJobSecrets } from './job-secrets.ts';
import { checkEndpoint, checkPlainUrl } from './manager-places.ts';
import { checkRunnerLimits } from './runner-limit.ts';
import { checkRunnerNames } from './runner-names.ts';
import { checkRunnerTags } from './runner-tags.ts';
import { checkStore } from './store.ts';
import { checkTakeOverTimes } from './take-over-times.ts';
import { checkWorkerCapacity } from './worker-capacity.ts';
import { checkWorkerNetworks } from './worker-network.ts';
import { checkWorkerRegions } from './worker-region.ts';
import { checkWorkerSizes } from './worker-size.ts';

const CHECKS: readonly CrossCheck[] = [
  checkPlainUrl,
  checkCaFile,
  checkClientCertificate,
  checkRunnerNames,
  checkRunnerTags,
  checkRunnerLimits,
  checkWorkerRegions,
  checkWorkerNetworks,
  checkWorkerSizes,
  checkWorkerCapacity,
  checkStore,
  checkCache,
  checkTakeOverTimes,
  checkEndpoint,
  checkJobSecrets,
];

/** For documents that say what to deploy; a manager's own document needs none of that. */
const DEPLOYMENT_CHECKS: readonly CrossCheck[] = [checkDeployment, checkDeploymentRunners, checkDeploymentPlaces, checkDeploymentPolicies];

/** What all cross-checks have found. */
export function crossCheck(subject: Subject): Finding[] {
  const checks = describesDeployment(subject) ? [...CHECKS, ...DEPLOYMENT_CHECKS] : CHECKS;
  return checks.flatMap((check) => check(subject));
}
