import type { HttpBindings } from '@hono/node-server';

/** What hono's context carries in this server: Node's own request, so that a connection can be cut. */
export interface NodeBindings {
  readonly Bindings: HttpBindings;
}
