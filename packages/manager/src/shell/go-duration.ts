const UNIT_MS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const PARTS = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/gy;

/**
 * Milliseconds of a duration as GitLab's users write it: `90s`, `1h30m`, `1.5h`, `0`; no spaces, no unit left out. Undefined: no
 * duration, or a negative one. Source: Go, `time.ParseDuration`.
 */
export function parseGoDuration(text: string): number | undefined {
  const digits = text.startsWith('+') ? text.slice(1) : text;
  if (digits === '0') return 0;
  const parts = [...digits.matchAll(PARTS)];
  const length = parts.reduce((sum, [part]) => sum + part.length, 0);
  if (parts.length === 0 || length !== digits.length) return undefined;
  return parts.reduce((sum, [, count = '', unit = '']) => sum + Number(count) * (UNIT_MS[unit] ?? 0), 0);
}

/** Seconds as Go prints a duration: `1h0m0s`, `1m30s`, `5s`. */
export function goDuration(seconds: number): string {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${seconds % 60}s`;
}
