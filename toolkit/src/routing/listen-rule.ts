import { isIP, isIPv6 } from 'node:net'
import { resolve } from 'node:path'
import { matching, type Parsed, shortened } from './parsed.ts'
import { list, members, optional, required, type Shape, text } from './shape.ts'

/** A network in CIDR notation (RFC 4632, RFC 4291); one address is a network of its own. */
export interface Network {
  readonly address: string
  readonly prefix: number
  readonly family: 'ipv4' | 'ipv6'
}

/** How the edge listens. */
export interface ListenRule {
  /** Absolute paths of PEM files; undefined: plain HTTP. */
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined
  /** Whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed; nobody's by default. */
  readonly trusted: readonly Network[]
}

const file = (description: string) =>
  text('Write a path, relative to this file.', matching(/^[^\0]{1,4096}$/, 'a path'), { minLength: 1, description })

/** The `listen` section as it is written. */
export const listenShape = members(
  {
    tls: optional(
      members(
        {
          cert: required(file('A PEM file with the certificate and those that lead to its authority.')),
          key: required(file("A PEM file with the certificate's private key.")),
        },
        { description: 'Serves HTTPS. Both files are followed: a new certificate takes effect without a restart.' },
      ),
    ),
    trusted: optional(
      list(text('Allowed: an address or a network, such as 10.0.0.0/8 or fd00::/8.', parseNetwork, {}), 0, {
        description: 'Proxies in front of the edge whose X-Forwarded-For and X-Forwarded-Proto are believed.',
      }),
    ),
  },
  { description: 'How the edge listens, and whom it believes who a client is.' },
)

type Read<S> = S extends Shape<infer T> ? T : never

/** Makes the `listen` section into what an edge listens by; `folder` is where relative paths start. */
export function compileListen(written: Read<typeof listenShape> | undefined, folder: string): ListenRule {
  const { cert, key } = written?.tls ?? {}
  return {
    tls: cert && key && { certFile: resolve(folder, cert.value), keyFile: resolve(folder, key.value) },
    trusted: (written?.trusted?.value ?? []).map(({ value }) => value),
  }
}

function parseNetwork(written: string): Parsed<Network> {
  const wrong: Parsed<Network> = { ok: false, message: `"${shortened(written)}" is no network` }
  const [address = '', digits, ...more] = written.split('/')
  if (isIP(address) === 0 || address.includes('%') || more.length > 0) return wrong
  const family = isIPv6(address) ? 'ipv6' : 'ipv4'
  const bits = family === 'ipv6' ? 128 : 32
  if (digits === undefined) return { ok: true, value: { address, prefix: bits, family } }
  if (!/^\d{1,3}$/.test(digits) || Number(digits) > bits) return wrong
  return { ok: true, value: { address, prefix: Number(digits), family } }
}
