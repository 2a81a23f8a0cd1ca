import { createReadStream, createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'

/** Writes legacy's rows into a file, in COPY's own format. */
export async function copyOut(source: string, file: string): Promise<void> {
  await withClient(source, (client) =>
    pipeline(client.query(copyTo('COPY ord_hdr TO STDOUT')), createWriteStream(file)),
  )
}

/** Loads such a file by one COPY. */
export async function copyIn(file: string, target: string): Promise<void> {
  await withClient(target, (client) =>
    pipeline(createReadStream(file), client.query(copyFrom('COPY orders FROM STDIN'))),
  )
}

/** Copies the rows of one database to another, byte for byte. */
export async function copyThrough(source: string, target: string): Promise<void> {
  await withClient(source, (from) =>
    withClient(target, (to) =>
      pipeline(from.query(copyTo('COPY ord_hdr TO STDOUT')), to.query(copyFrom('COPY orders FROM STDIN'))),
    ),
  )
}

async function withClient(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}
