import { createHash } from 'node:crypto'

/** Whether an exchange belongs to the share (0 to 1) that is drawn: the same seed draws the same exchanges. */
export function isDrawn(seed: string, exchange: string, share: number): boolean {
  if (share <= 0) return false
  const drawn = createHash('sha256').update(`${seed} ${exchange}`).digest().readUInt32BE(0)
  return drawn / 2 ** 32 < share
}
