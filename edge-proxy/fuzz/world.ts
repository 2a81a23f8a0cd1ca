import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { buildEdge } from '../src/edge.ts'
import { type Arrived, startByteUpstream, type Unread } from '../test/strict-wire/byte-upstream.ts'
import { type Client, type Episode, isOfEpisode } from './episode.ts'
import { marksIn } from './mark.ts'
import { writeAnswer } from './write-answer.ts'

/** What an episode did: what arrived upstream, in its order, and what each client got. */
export interface Observed {
  readonly arrived: readonly Arrived[]
  /** Bytes upstream that no request could be read from, with why. */
  readonly unread: readonly Unread[]
  readonly received: readonly string[]
}

/** An edge before an upstream of bytes, in which episodes can be played. */
export interface FuzzWorld {
  play(episode: Episode): Promise<Observed>
  close(): Promise<void>
}

/** A client that gets nothing for this long has been left waiting for the rest of its own request, or of a changed answer. */
const silenceMs = 60
const patienceMs = 20_000

/** Opens a world around an edge, or a copy of one. */
export async function openFuzzWorld(build: typeof buildEdge): Promise<FuzzWorld> {
  const upstream = await startByteUpstream()
  const stateDir = await mkdtemp(join(tmpdir(), 'banyan-fuzz-'))
  const routesFile = join(stateDir, 'routes.yaml')
  await writeFile(routesFile, routesTo(upstream.url))
  const loopback = { host: '127.0.0.1', port: 0 }
  const log = { write: () => undefined }
  const edge = build({ routesFile, stateDir, listen: loopback, admin: loopback, log, drainMs: 200 })
  await edge.listen()
  const play = async (episode: Episode): Promise<Observed> => {
    upstream.answerWith((request, socket) => {
      const [number] = marksIn(request.bytes)
      if (number === undefined) return unmarked
      const plain = episode.plainAnswers
      const { pieces, closes } = writeAnswer(episode.seed, number, { method: request.method, plain })
      void writePieces(socket, pieces).then(() => closes && socket.end())
      return undefined
    })
    const received = await Promise.all(
      episode.clients.map((client) =>
        speak(edge.address, client, client.valid && episode.plainAnswers ? patienceMs : silenceMs),
      ),
    )
    // What a client left behind may still be on its way.
    await delay(5)
    const { requests, unread } = upstream.take()
    return { arrived: requests.filter((request) => isNotLate(request, episode)), unread, received }
  }
  const close = async () => {
    await edge.close()
    await upstream.close()
    await rm(stateDir, { recursive: true, force: true })
  }
  return { play, close }
}

/** What a request gets that lost its mark. */
const unmarked = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'

/** Nothing is sent again but on a connection that was closed at the moment of reuse, and no fault keeps a request from being sent. */
const routesTo = (url: string) => `version: 1
upstreams: { monolith: { url: ${url}, retry: off, breaker: off, eject: off } }
routes:
  - { name: customers, match: { path: /api/customers/:id }, upstream: monolith }
  - { name: everything-else, match: { path: /* }, upstream: monolith }
`

function speak(address: string, { pieces }: Client, waitMs: number): Promise<string> {
  const { hostname, port } = new URL(address)
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    let received = ''
    socket.on('connect', async () => {
      await writePieces(socket, pieces)
      socket.setTimeout(waitMs, () => socket.destroy())
    })
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
    })
    socket.on('error', () => undefined)
    socket.once('close', () => resolve(received))
  })
}

/** On a slow machine a client of the episode before may have been gone before its request arrived. */
function isNotLate({ bytes }: Arrived, episode: Episode): boolean {
  const marks = marksIn(bytes)
  return marks.length === 0 || marks.some((mark) => isOfEpisode(mark, episode))
}

async function writePieces(socket: Socket, pieces: readonly string[]): Promise<void> {
  for (const [i, piece] of pieces.entries()) {
    if (i > 0) await delay(1)
    if (!socket.writable) return
    socket.write(piece, 'latin1')
  }
}
