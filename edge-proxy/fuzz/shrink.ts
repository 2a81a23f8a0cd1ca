import type { Client, Episode } from './episode.ts'

/** Makes an episode smaller as long as `breaks` holds of it: fewer clients, then fewer bytes; after `maxTries` at most. */
export async function shrink(
  episode: Episode,
  maxTries: number,
  breaks: (smaller: Episode) => Promise<boolean>,
): Promise<Episode> {
  let tries = 0
  let smallest = episode
  const keeps = async (clients: readonly Client[]) => {
    tries += 1
    const smaller = { ...episode, clients }
    if (clients.length === 0 || tries > maxTries || !(await breaks(smaller))) return false
    smallest = smaller
    return true
  }
  for (let i = smallest.clients.length - 1; i >= 0; i--) await keeps(smallest.clients.toSpliced(i, 1))
  for (let i = 0; i < smallest.clients.length; i++) await shrinkClient(() => smallest.clients, i, keeps)
  return smallest
}

async function shrinkClient(
  clients: () => readonly Client[],
  index: number,
  keeps: (clients: readonly Client[]) => Promise<boolean>,
): Promise<void> {
  const bytesOf = () => clients()[index]?.pieces.join('') ?? ''
  const replace = (bytes: string) => keeps(clients().with(index, { pieces: [bytes], valid: false }))
  await replace(bytesOf())
  for (let size = Math.ceil(bytesOf().length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < bytesOf().length; ) {
      const bytes = bytesOf()
      if (!(await replace(bytes.slice(0, at) + bytes.slice(at + size)))) at += size
    }
  }
}
