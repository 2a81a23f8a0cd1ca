import { cp, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** One text of one source file, and what stands there instead. */
export interface Edit {
  readonly file: string
  readonly text: string
  readonly instead: string
}

/** A hole that is planted in a copy of the edge. */
export interface Hole {
  readonly name: string
  readonly edits: readonly Edit[]
}

/** Holes of the kinds that proxies have had: each must be found. */
export const holes: readonly Hole[] = [
  {
    // As http-proxy 1.18.1 has it: CVE-2026-29057. The sender would refuse to write it, so that is blinded too.
    name: 'a chunked DELETE loses its framing, and its body is a request',
    edits: [
      {
        file: 'forward/upstream-headers.ts',
        text: "if (framing.kind === 'chunked')",
        instead: "if (framing.kind === 'chunked' && method !== 'DELETE')",
      },
      {
        file: 'upstream/http1/upload.ts',
        text: 'else if (part.length > this.#left)',
        instead: 'else if (part.length < 0)',
      },
    ],
  },
  {
    name: 'a twin of Transfer-Encoding goes on',
    edits: [
      {
        file: 'forward/edge-owned.ts',
        text: "if (!name.includes('_')) return false",
        instead: "if (!name.includes('!')) return false",
      },
    ],
  },
  {
    name: 'the path is decoded once more after it was matched',
    edits: [
      {
        file: 'request/edge-request.ts',
        text: 'const sent = queryAt < 0 ? canonical.path : canonical.path + target.slice(queryAt)',
        instead:
          'const sent = decodeURI(queryAt < 0 ? canonical.path : canonical.path + target.slice(queryAt)).replaceAll(" ", "+")',
      },
    ],
  },
  {
    name: 'what is pipelined is executed side by side',
    edits: [{ file: 'handle.ts', text: 'if (before !== undefined) {', instead: 'if (Date.now() < 0) {' }],
  },
]

/** Copies the edge's source into a new folder, with one hole in it; returns the copy's `edge.ts`. Throws when a text is not there. */
export async function plant({ edits }: Hole): Promise<string> {
  const root = dirname(import.meta.dirname)
  const copy = await mkdtemp(join(tmpdir(), 'banyan-hole-'))
  await cp(join(root, 'src'), join(copy, 'src'), { recursive: true })
  await cp(join(root, 'package.json'), join(copy, 'package.json'))
  await symlink(join(dirname(root), 'node_modules'), join(copy, 'node_modules'))
  for (const edit of edits) await make(edit, join(copy, 'src', edit.file))
  return join(copy, 'src', 'edge.ts')
}

async function make({ file, text, instead }: Edit, path: string): Promise<void> {
  const source = await readFile(path, 'utf8')
  if (!source.includes(text)) throw new Error(`${file} has no ${JSON.stringify(text)}: the hole needs another place`)
  await writeFile(path, source.replace(text, instead))
}
