import { type Fields, FieldError } from '../json-fields.ts';

/** Why a task stops. `stopCode` is ECS's word; `containerExit` is the exit that caused it, if one did. */
export interface StopCause {
  readonly stopCode: 'TaskFailedToStart' | 'EssentialContainerExited' | 'UserInitiated' | 'SpotInterruption';
  readonly reason: string;
  readonly containerExit?: { readonly container: string; readonly exitCode: number };
}

/** How a test asks for the end of a task. */
export type StopWish =
  | { readonly kind: 'spot' }
  | { readonly kind: 'essentialExit'; readonly container?: string; readonly exitCode: number }
  | { readonly kind: 'failedToStart'; readonly reason: string };

/** Reads a StopWish and says what ECS would report. `container` is whose exit it is when the wish names none. */
export function stopCauseOf(fields: Fields, container: string): StopCause {
  const kind = fields.optionalOneOf('kind', ['spot', 'essentialExit', 'failedToStart']);
  switch (kind) {
    case 'spot':
      return { stopCode: 'SpotInterruption', reason: 'Your Spot Task was interrupted.' };
    case 'essentialExit':
      return essentialExit(fields.optionalString('container') ?? container, fields.number('exitCode'));
    case 'failedToStart':
      return { stopCode: 'TaskFailedToStart', reason: fields.string('reason') };
    default:
      throw new FieldError('kind', 'spot, essentialExit or failedToStart');
  }
}

/** The end of an essential container, which ends its task. */
export function essentialExit(container: string, exitCode: number): StopCause {
  return { stopCode: 'EssentialContainerExited', reason: 'Essential container in task exited', containerExit: { container, exitCode } };
}
