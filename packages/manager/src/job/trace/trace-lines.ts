import type { Clock } from '@fargate-gitlab-runner/kernel';
import type { JobTrace } from './job-trace.ts';
import { errorLine, headingLine, infoLine, plainLine, sectionEndMarker, sectionStartMarker, warningLine } from './sections.ts';

/** The manager's own lines in a job's trace. Each has a key under which it is said once ever, by whichever manager comes to it. */
export interface SayLine {
  plain(key: string, text: string): void;
  info(key: string, text: string): void;
  warning(key: string, text: string): void;
  error(key: string, text: string): void;
  sectionStart(key: string, section: { readonly name: string; readonly heading: string }): void;
  sectionEnd(key: string, name: string): void;
}

/** Says lines in `trace`. `hasSections: false` leaves the markers out and keeps the headings. */
export function makeSayLine(trace: JobTrace, settings: { readonly clock: Clock; readonly hasSections: boolean }): SayLine {
  const nowS = () => Math.floor(settings.clock.now() / 1000);
  return {
    plain: (key, text) => trace.say(key, plainLine(text)),
    info: (key, text) => trace.say(key, infoLine(text)),
    warning: (key, text) => trace.say(key, warningLine(text)),
    error: (key, text) => trace.say(key, errorLine(text)),
    sectionStart: (key, { name, heading }) => {
      if (settings.hasSections) trace.say(`${key}.marker`, sectionStartMarker(name, nowS()));
      trace.say(key, headingLine(heading));
    },
    sectionEnd: (key, name) => {
      if (settings.hasSections) trace.say(key, sectionEndMarker(name, nowS()));
    },
  };
}
