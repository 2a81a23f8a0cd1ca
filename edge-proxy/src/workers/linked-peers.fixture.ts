import { buildPeers, type OpenPeers } from './peers.ts'

/** Two workers whose news reach the other when `deliver` is called. */
export function linkedPeers() {
  const waiting: (() => void)[] = []
  const build = (other: () => OpenPeers) =>
    buildPeers(2, (news) => {
      // As it crosses between processes.
      const sent = JSON.parse(JSON.stringify(news))
      waiting.push(() => other().hear(sent))
    })
  const a: OpenPeers = build(() => b)
  const b: OpenPeers = build(() => a)
  const deliver = async () => {
    // News are sent once a turn.
    await new Promise((resolve) => setImmediate(resolve))
    for (const each of waiting.splice(0)) each()
  }
  return { a, b, deliver }
}
