import { Readable } from 'node:stream';

/** Turns the output of a CGI program into an HTTP answer: header lines, an empty line, then a body that streams. */
export async function cgiResponse(output: Readable): Promise<Response> {
  const head = await readHead(output);
  if (!head) return new Response('the git backend said nothing', { status: 500 });
  const headers = new Headers();
  let status = 200;
  for (const line of head.lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim();
    const value = line.slice(colon + 1).trim();
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
    else headers.append(name, value);
  }
  return new Response(Readable.toWeb(Readable.from(bodyOf(head.rest, output), { objectMode: false })), { status, headers });
}

interface Head {
  readonly lines: readonly string[];
  readonly rest: Buffer;
}

async function readHead(output: Readable): Promise<Head | undefined> {
  let seen = Buffer.alloc(0);
  for await (const piece of output.iterator({ destroyOnReturn: false })) {
    seen = Buffer.concat([seen, piece]);
    const end = seen.indexOf('\r\n\r\n');
    if (end >= 0) return { lines: seen.subarray(0, end).toString().split('\r\n'), rest: seen.subarray(end + 4) };
  }
  return undefined;
}

async function* bodyOf(rest: Buffer, output: Readable): AsyncGenerator<Buffer> {
  if (rest.length > 0) yield rest;
  yield* output;
}
