/**
 * What a request to S3 Standard costs, in US dollars. Source: AWS, "Amazon S3 pricing", requests and data retrievals, us-east-1 and
 * eu-west-1: 0.005 for 1,000 PUT, COPY, POST or LIST, 0.0004 for 1,000 GET and all others; DELETE is free.
 */
const DOLLARS: Readonly<Record<string, number>> = {
  PutObject: 0.005 / 1000,
  ListObjectsV2: 0.005 / 1000,
  GetObject: 0.0004 / 1000,
  HeadObject: 0.0004 / 1000,
  DeleteObject: 0,
};

/** What these requests cost together; throws for one whose price is not known here. */
export function s3Dollars(counts: ReadonlyMap<string, number>): number {
  return [...counts].reduce((sum, [action, count]) => {
    const price = DOLLARS[action];
    if (price === undefined) throw new Error(`what does ${action} cost?`);
    return sum + count * price;
  }, 0);
}
