import { expect, test } from 'vitest'
import { whyUnreachable } from './why-unreachable.ts'

const failed = (message: string, code: string) => Object.assign(new Error(message), { code })

test.each([
  [
    failed('Host: localhost. is not in the cert: DNS:other.test', 'ERR_TLS_CERT_ALTNAME_INVALID'),
    'Host: localhost. is not in the cert: DNS:other.test: its "url" must have a name of the certificate',
  ],
  [
    failed('unable to verify the first certificate', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
    'unable to verify the first certificate: "ca" names the file of the authority to trust',
  ],
  [
    failed('80AC:error:0A000410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:x.c:1:\n', 'EPROTO'),
    'TLS failed: sslv3 alert handshake failure',
  ],
  [failed('connect ECONNREFUSED 127.0.0.1:1', 'ECONNREFUSED'), 'connect ECONNREFUSED 127.0.0.1:1'],
])('%s becomes one line that says what to look at', (error, line) => expect(whyUnreachable(error)).toBe(line))
