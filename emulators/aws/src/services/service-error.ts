/** An answer of one of the small services that is an error: its type, and 400 unless the type has another status. */
export class ServiceError extends Error {
  readonly type: string;
  readonly status: number;

  constructor(type: string, message: string, status = 400) {
    super(message);
    this.name = 'ServiceError';
    this.type = type;
    this.status = status;
  }
}

/** What IAM says when no statement allows the action. Source: IAM user guide, "Troubleshoot access denied error messages". */
export function notAuthorized(of: { readonly caller: string; readonly action: string; readonly resource: string }): ServiceError {
  const { caller, action, resource } = of;
  const message = `User: ${caller} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;
  return new ServiceError('AccessDeniedException', message);
}
