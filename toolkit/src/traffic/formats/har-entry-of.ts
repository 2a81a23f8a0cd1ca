import type { Json } from '../../base/index.ts'
import type { Exchange, HeaderPair, StoredBody } from '../exchange.ts'
import { headerValue } from './http-message.ts'

/**
 * An exchange as an entry of a HAR 1.2. `origin` is where the request is said to have gone. What HAR has no field for
 * stands in `_banyan`, so that our importer gives the same exchange again.
 */
export function harEntryOf(exchange: Exchange, origin: string): Json {
  const { request, response, tookMs } = exchange
  const url = `${origin}${request.target.startsWith('/') ? request.target : `/${request.target}`}`
  const http = { httpVersion: 'HTTP/1.1', headersSize: -1 }
  return {
    startedDateTime: exchange.at,
    time: tookMs,
    request: {
      ...{ method: request.method, url, ...http, bodySize: request.body?.bytes ?? 0 },
      ...{ cookies: cookiesOf(request.headers), headers: headersOf(request.headers), queryString: queryOf(url) },
      ...postDataOf(request),
    },
    response: {
      ...{ status: response.status, statusText: '', ...http, bodySize: response.body?.bytes ?? 0 },
      ...{ cookies: setCookiesOf(response.headers), headers: headersOf(response.headers) },
      ...{ content: contentOf(response), redirectURL: headerValue(response.headers, 'location') ?? '' },
    },
    cache: {},
    timings: { send: 0, wait: tookMs, receive: 0 },
    _banyan: ownFields(exchange),
  }
}

function ownFields({ id, route, capability, servedBy, caller, request, response }: Exchange): Json {
  return {
    ...{ id, route, servedBy },
    ...(capability === undefined ? {} : { capability }),
    ...(caller === undefined ? {} : { caller }),
    ...(request.body === undefined ? {} : { requestBodyBytes: request.body.bytes }),
    ...(response.body === undefined ? {} : { responseBodyBytes: response.body.bytes }),
  }
}

function headersOf(headers: readonly HeaderPair[]): Json {
  return headers.map(([name, value]) => ({ name, value }))
}

function postDataOf({ headers, body }: Exchange['request']): { readonly [name: string]: Json } {
  if (body === undefined) return {}
  const mimeType = headerValue(headers, 'content-type') ?? ''
  return { postData: { mimeType, text: body.data, ...encodingOf(body, '_encoding') } }
}

/** No `text` says that the body was not kept. */
function contentOf({ headers, body }: Exchange['response']): Json {
  const mimeType = headerValue(headers, 'content-type') ?? ''
  if (body === undefined) return { size: 0, mimeType }
  if (body.truncated && body.data === '') return { size: body.bytes, mimeType }
  return { size: body.bytes, mimeType, text: body.data, ...encodingOf(body, 'encoding') }
}

function encodingOf(body: StoredBody, name: string): { readonly [name: string]: Json } {
  return body.encoding === 'base64' ? { [name]: 'base64' } : {}
}

function queryOf(url: string): Json {
  const mark = url.indexOf('?')
  return [...new URLSearchParams(mark < 0 ? '' : url.slice(mark))].map(([name, value]) => ({ name, value }))
}

function cookiesOf(headers: readonly HeaderPair[]): Json {
  return valuesOf(headers, 'cookie')
    .flatMap((value) => value.split(';'))
    .map(cookieOf)
}

function setCookiesOf(headers: readonly HeaderPair[]): Json {
  return valuesOf(headers, 'set-cookie').map((value) => cookieOf(value.split(';')[0] ?? ''))
}

function cookieOf(pair: string): Json {
  const [name = '', ...value] = pair.trim().split('=')
  return { name, value: value.join('=') }
}

function valuesOf(headers: readonly HeaderPair[], name: string): readonly string[] {
  return headers.filter(([candidate]) => candidate.toLowerCase() === name).map(([, value]) => value)
}
