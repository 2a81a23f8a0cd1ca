import { isJsonObject, parseJson } from '@banyan/toolkit/base'
import type { RecordingTrailer } from '../../admin/admin-api.ts'
import type { LineMerge } from './merge-streams.ts'

/** One recording of those of all workers: the first header, every exchange up to `count`, one trailer with what all left out. */
export function mergeRecording(count = Number.POSITIVE_INFINITY): LineMerge {
  let began = false
  let exchanges = 0
  let dropped = 0
  return {
    take: (line) => {
      if (line.startsWith('{"banyanRecording":')) {
        const first = !began
        began = true
        return { line: first ? line : undefined, last: false }
      }
      if (line.startsWith('{"vault":')) return { line, last: false }
      if (line.startsWith('{"end":')) {
        const trailer = parseJson(line)
        if (isJsonObject(trailer) && typeof trailer.dropped === 'number') dropped += trailer.dropped
        return { line: undefined, last: false }
      }
      exchanges += 1
      return { line, last: exchanges >= count }
    },
    end: () => JSON.stringify({ end: true, exchanges, dropped } satisfies RecordingTrailer),
  }
}

/** Every line of every worker, as it comes. */
export function mergeLines(): LineMerge {
  return { take: (line) => ({ line, last: false }), end: () => undefined }
}
