/** What GitLab knows a manager by: `r_` and 12 letters or digits. Throws for anything else. */
export function checkedSystemId(id: string): string {
  if (!/^r_[0-9a-zA-Z]{12}$/.test(id)) throw new Error(`not a system id: ${JSON.stringify(id)}`);
  return id;
}
