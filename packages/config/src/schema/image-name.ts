import { patterned } from './patterned.ts';

/** The name of a container image, as for `docker pull`. */
export const imageName = () => patterned(/^[^\s<>"'`$\\]{1,512}$/, 'FR_CONFIG_IMAGE');
