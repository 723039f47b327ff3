import { patterned } from './patterned.ts';

/** A path on the manager's machine: no control characters. */
export const filePath = () => patterned(/^[ -~\u00a0-\uffff]{1,4096}$/, 'FR_CONFIG_PATH');
