/** The media type of the form, and its bytes: one part called `file`, as GitLab expects it. `boundary`: random, letters and digits. */
export function multipartFile(of: { readonly filename: string; readonly content: AsyncIterable<Uint8Array>; readonly boundary: string }): {
  readonly contentType: string;
  readonly body: AsyncIterable<Uint8Array>;
} {
  const { boundary } = of;
  return { contentType: `multipart/form-data; boundary=${boundary}`, body: form(of) };
}

async function* form({ filename, content, boundary }: Parameters<typeof multipartFile>[0]): AsyncIterable<Uint8Array> {
  const name = filename.replaceAll(/[\r\n]/g, '').replaceAll(/[\\"]/g, '\\$&');
  yield Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
  );
  yield* content;
  yield Buffer.from(`\r\n--${boundary}--\r\n`);
}
