import type { ServerResponse } from 'node:http'
import { problemBody, problemMediaType } from '@banyan/toolkit/base'
import type { Refusal } from './refusal.ts'

/**
 * Answers with a problem document (RFC 9457) that carries the request's id. Ends a connection whose request is
 * in doubt or whose body was not read; cuts one whose answer has already begun.
 */
export function answerProblem(response: ServerResponse, refusal: Refusal, requestId: string): void {
  if (response.headersSent || response.destroyed) {
    response.destroy()
    return
  }
  const { status, code, title, detail, close } = refusal
  const body = problemBody({ title, status, code, detail, instance: `urn:request:${requestId}` })
  const headers = ['Content-Type', problemMediaType, 'Content-Length', String(body.length), 'X-Request-Id', requestId]
  headers.push('Cache-Control', 'no-store')
  if (status === 405) headers.push('Allow', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS')
  if (close || !response.req.complete) headers.push('Connection', 'close')
  response.writeHead(status, title, headers)
  response.end(response.req.method === 'HEAD' ? undefined : body)
}

/** The same for a connection whose request could not even be parsed: there is no response object yet. */
export function problemBytes(refusal: Refusal, requestId: string): string {
  const { status, code, title, detail } = refusal
  const body = problemBody({ title, status, code, detail, instance: `urn:request:${requestId}` })
  return [
    `HTTP/1.1 ${status} ${title}`,
    `Content-Type: ${problemMediaType}`,
    `Content-Length: ${body.length}`,
    `X-Request-Id: ${requestId}`,
    'Connection: close',
    '',
    body.toString('utf8'),
  ].join('\r\n')
}
