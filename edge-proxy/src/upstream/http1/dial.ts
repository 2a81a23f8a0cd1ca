import { isIP, connect as openTcp, type Socket } from 'node:net'
import { connect as openTls } from 'node:tls'
import { readOnAfterFailedWrite } from './read-on.ts'

/** Where connections go. */
export interface Target {
  readonly secure: boolean
  /** A name, or an IP address without brackets. */
  readonly host: string
  readonly port: number
  /** Connects there instead, and still proves `host`. */
  readonly address: string | undefined
  /** The authority to trust, as PEM; undefined trusts the system's. */
  readonly ca: string | undefined
}

/** Where an `http:` or `https:` URL leads. */
export function targetOf(url: URL, { address, ca }: Pick<Target, 'address' | 'ca'>): Target {
  const secure = url.protocol === 'https:'
  const host = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname
  return { secure, host, port: Number(url.port || (secure ? 443 : 80)), address, ca }
}

/** How a connection hands over what it reads. */
export interface Reading {
  /** The buffer to read into next. */
  buffer(): Buffer
  /** So many bytes stand in that buffer. */
  read(bytes: number): void
  /** Bytes of their own, from TLS. */
  decrypted(bytes: Buffer): void
}

/** Opens a connection; `connect` or `secureConnect` tells when it stands. TLS offers HTTP/1.1 alone. */
export function dial(target: Target, reading: Reading, session: Buffer | undefined): Socket {
  const { host, port, address, ca } = target
  const where = { host: address ?? host, port, noDelay: true }
  if (target.secure) {
    const servername = isIP(host) === 0 ? host : ''
    const trust = ca === undefined ? {} : { ca }
    const known = session === undefined ? {} : { session }
    const socket = openTls({ ...where, servername, ...trust, ...known, ALPNProtocols: ['http/1.1'] })
    return socket.on('data', (bytes) => reading.decrypted(bytes))
  }
  // Without a stream's event for each read, and without a buffer for each: that costs as much as reading an answer.
  const callback = (bytes: number) => {
    reading.read(bytes)
    return true
  }
  const socket = openTcp({ ...where, onread: { buffer: () => reading.buffer(), callback } })
  readOnAfterFailedWrite(socket)
  return socket
}
