import * as z from 'zod';
import type { ConfigCode } from '../problem-codes.ts';

/** The address of a GitLab: http or https, a host, maybe a path. Slashes at the end are dropped. */
export function gitlabUrl() {
  return urlField('FR_CONFIG_URL', (url) => url.username === '' && url.password === '' && url.search === '' && url.hash === '');
}

/** An endpoint of AWS: https, or http on a loopback address. */
export function endpointUrl() {
  return urlField('FR_CONFIG_ENDPOINT', (url) => url.username === '' && (url.protocol === 'https:' || isLoopback(url.hostname)));
}

/** Whether a host of a URL is this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function urlField(code: ConfigCode, isFine: (url: URL) => boolean) {
  return z
    .string()
    .refine((text) => isWebUrl(text) && isFine(new URL(text)), { error: code })
    .transform((text) => text.replace(/\/+$/, ''));
}

function isWebUrl(text: string): boolean {
  return /^https?:\/\/[^\s/]/i.test(text) && !/\s/.test(text) && URL.canParse(text);
}
