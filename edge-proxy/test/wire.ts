import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A connection of bare bytes. */
export interface Wire {
  readonly socket: Socket
  send(bytes: string | Buffer): void
  /** All that has arrived so far, as latin1. */
  received(): string
  /** Resolves with all that arrived once the other end has closed. */
  closed(): Promise<string>
}

/** Opens a connection to a URL's host and port. */
export async function openWire(url: string): Promise<Wire> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  onTestFinished(() => void socket.destroy())
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  const received = () => Buffer.concat(chunks).toString('latin1')
  const over = new Promise<string>((resolve) => socket.once('close', () => resolve(received())))
  socket.on('error', () => undefined)
  await new Promise<void>((resolve) => socket.once('connect', resolve))
  return { socket, send: (bytes) => void socket.write(bytes), received, closed: () => over }
}

/** Sends bytes and returns all that arrives until the other end closes; or, with `until`, as soon as it holds. */
export async function exchangeBytes(url: string, bytes: string | Buffer): Promise<string> {
  const wire = await openWire(url)
  wire.send(bytes)
  return wire.closed()
}
