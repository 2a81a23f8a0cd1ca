/** What the first bytes of other protocols tell: whoever set them up finds the cause in the log. */
const proxyProtocol =
  'it begins with the PROXY protocol, which the edge does not speak; behind a proxy of "listen.trusted" X-Forwarded-For tells the address'
const others: readonly (readonly [string, string])[] = [
  ['\x16\x03', 'it begins a TLS handshake, and this port speaks plain HTTP'],
  ['PROXY ', proxyProtocol],
  ['\r\n\r\n\0\r\nQUIT\n', proxyProtocol],
  ['PRI * HTTP/2', 'it speaks HTTP/2, and the edge HTTP/1.1'],
]

/** Why the parser took bytes for no request, from the error of `clientError`; says nothing of what stood in them. */
export function whyNoRequest(error: object): string {
  const other = 'rawPacket' in error && Buffer.isBuffer(error.rawPacket) ? otherProtocol(error.rawPacket) : undefined
  if (other !== undefined) return `this is no HTTP/1.1 request: ${other}`
  const reason = 'reason' in error && typeof error.reason === 'string' ? error.reason : ''
  return `this is no HTTP/1.1 request${reason === '' ? '' : `: ${reason.charAt(0).toLowerCase()}${reason.slice(1)}`}`
}

function otherProtocol(packet: Buffer): string | undefined {
  const start = packet.toString('latin1', 0, 16)
  return others.find(([beginning]) => start.startsWith(beginning))?.[1]
}
