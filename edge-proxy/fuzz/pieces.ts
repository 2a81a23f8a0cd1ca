import type { Random } from './random.ts'

/** Cuts bytes into one to five pieces, as a network may; together they are the bytes. */
export function cutIntoPieces(random: Random, bytes: string): readonly string[] {
  if (random.chance(0.6)) return [bytes]
  const cuts = Array.from({ length: 1 + random.int(4) }, () => random.int(bytes.length + 1)).sort((a, b) => a - b)
  return [0, ...cuts].map((from, i) => bytes.slice(from, cuts[i] ?? bytes.length)).filter((piece) => piece !== '')
}
