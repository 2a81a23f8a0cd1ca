import { mutate } from './mutate.ts'
import { cutIntoPieces } from './pieces.ts'
import { buildRandom, type Random } from './random.ts'
import { writeLast, writeRequest } from './write-request.ts'

/** One client of an episode: the bytes that it sends on one connection, in these pieces; latin1. */
export interface Client {
  readonly pieces: readonly string[]
  /** Nothing of it was changed: each of its requests must be answered. */
  readonly valid: boolean
}

/** Some clients that talk at the same time, and the seed of the answers that they get. */
export interface Episode {
  readonly seed: number
  readonly clients: readonly Client[]
  /** True: the upstream answers nothing but what is well-formed. */
  readonly plainAnswers: boolean
}

const requestsPerEpisode = 100

/** Whether a mark is one of an episode's. */
export function isOfEpisode(mark: number, { seed }: Episode): boolean {
  return Math.floor(mark / requestsPerEpisode) === seed % 1_000_000
}

/** Makes the episode of a seed. Episodes whose seeds follow each other have no mark in common. */
export function makeEpisode(seed: number): Episode {
  const random = buildRandom(seed)
  const first = (seed % 1_000_000) * requestsPerEpisode
  const clients = Array.from({ length: 1 + random.int(6) }, (_, i) => makeClient(random, first + i * 10))
  return { seed, clients, plainAnswers: random.chance(0.5) }
}

function makeClient(random: Random, first: number): Client {
  const count = 1 + random.int(4)
  const requests = Array.from({ length: count }, (_, i) => writeRequest(random, first + i))
  const valid = random.chance(0.15)
  const victim = random.int(count)
  const sent = requests.map((request, i) =>
    !valid && (i === victim || random.chance(0.2)) ? mutate(random, request) : request,
  )
  const bytes = sent.join('') + writeLast(first + 9)
  return { pieces: cutIntoPieces(random, bytes), valid }
}
