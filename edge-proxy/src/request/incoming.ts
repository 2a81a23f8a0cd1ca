import type { IncomingMessage, ServerResponse } from 'node:http'

/** A request as node:http hands it over. */
export interface Incoming {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** True when the client waits for 100 Continue before it sends its body. */
  readonly expectsContinue: boolean
}
