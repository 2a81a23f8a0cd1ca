import type { ReplayRequest } from '../replay-request.ts'

const token = /^[!#$%&'*+.^_`|~\dA-Za-z-]+$/
const notInTarget = /[^\x21-\xff]/
const notInValue = /[^\t\x20-\x7e\x80-\xff]/
/** Methods whose meaning needs a body, be it an empty one (RFC 9110, section 8.6). */
const withBody: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH'])

/** Names that were found to be well-formed; those made up by a client must not fill the memory. */
const knownNames = new Set<string>()
const maxNames = 1000

/** The head of a request as it is sent, with `host` where it names none. Throws for what would be another request. */
export function requestHead({ method, target, headers, body }: ReplayRequest, host: string): string {
  if (!token.test(method) || method === 'CONNECT') throw new Error(`cannot send the method ${JSON.stringify(method)}`)
  if (notInTarget.test(target)) throw new Error('the target holds a character that cannot be sent')
  let text = `${method} ${target} HTTP/1.1\r\n`
  if (headers.host === undefined) text += `host: ${host}\r\n`
  for (const name in headers) {
    const value = headers[name]
    if (value === undefined) continue
    if (typeof value === 'string') text += headerText(name, value)
    else for (const one of value) text += headerText(name, one)
  }
  if (body !== undefined) text += `content-length: ${Buffer.byteLength(body)}\r\n`
  else if (withBody.has(method)) text += 'content-length: 0\r\n'
  return `${text}connection: keep-alive\r\n\r\n`
}

function headerText(name: string, value: string): string {
  if (!knownNames.has(name)) {
    if (!token.test(name)) throw new Error(`cannot send the header ${JSON.stringify(name.slice(0, 40))}`)
    if (knownNames.size < maxNames) knownNames.add(name)
  }
  if (notInValue.test(value)) throw new Error(`the header ${name} holds a character that cannot be sent`)
  return `${name}: ${value}\r\n`
}
