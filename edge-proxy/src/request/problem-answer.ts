import type { ServerResponse } from 'node:http'
import { problemBody, problemMediaType } from '@banyan/toolkit/base'
import { headerPairs } from '../forward/header-lines.ts'
import { drainUpload } from './drain-upload.ts'
import type { Refusal } from './refusal.ts'

/**
 * Answers with a problem document (RFC 9457) that carries the request's id. Ends a connection whose request is
 * in doubt or whose body was not read; cuts one whose answer has already begun.
 */
export function answerProblem(response: ServerResponse, refusal: Refusal, requestId: string): void {
  const body = begin(response, refusal, requestId)
  if (body !== undefined) response.end(body)
}

/**
 * The same for a request whose body nobody has read and whose client must surely learn the answer. What it still sends
 * is read away for a moment: a connection that is closed with unread bytes is reset, and the answer may be lost in it.
 */
export async function answerUnread(response: ServerResponse, refusal: Refusal, requestId: string): Promise<void> {
  const body = begin(response, refusal, requestId)
  if (body === undefined) return
  const closed = new Promise<void>((resolve) => response.once('close', resolve))
  response.write(body)
  if (!response.req.complete) await drainUpload(response.req)
  response.end()
  if (!response.closed) await closed
}

/** Writes the head; returns the body that belongs to it, undefined when nobody can be answered any more. */
function begin(response: ServerResponse, refusal: Refusal, requestId: string): Buffer | undefined {
  if (response.headersSent || response.destroyed) {
    response.destroy()
    return undefined
  }
  const { status, code, title, detail, close } = refusal
  const body = problemBody({ title, status, code, detail, instance: `urn:request:${requestId}` })
  const headers = ['Content-Type', problemMediaType, 'Content-Length', String(body.length), 'X-Request-Id', requestId]
  headers.push('Cache-Control', 'no-store')
  if (refusal.retryAfterSeconds !== undefined) headers.push('Retry-After', String(refusal.retryAfterSeconds))
  if (refusal.headers !== undefined) headers.push(...refusal.headers)
  if (close || !response.req.complete) headers.push('Connection', 'close')
  response.writeHead(status, title, headers)
  return response.req.method === 'HEAD' ? Buffer.alloc(0) : body
}

/** The same for a connection whose request could not be parsed, whose `method` may be known all the same. */
export function problemBytes(refusal: Refusal, requestId: string, method?: string): string {
  const { status, code, title, detail } = refusal
  const body = problemBody({ title, status, code, detail, instance: `urn:request:${requestId}` })
  return [
    `HTTP/1.1 ${status} ${title}`,
    `Content-Type: ${problemMediaType}`,
    `Content-Length: ${body.length}`,
    `X-Request-Id: ${requestId}`,
    ...headerPairs(refusal.headers ?? []).map(([name, value]) => `${name}: ${value}`),
    ...(refusal.retryAfterSeconds === undefined ? [] : [`Retry-After: ${refusal.retryAfterSeconds}`]),
    'Connection: close',
    '',
    method === 'HEAD' ? '' : body.toString('utf8'),
  ].join('\r\n')
}
