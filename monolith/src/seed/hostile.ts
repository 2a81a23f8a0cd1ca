import type { AddressRow, CustomerRow } from './rows.ts'

/** A customer who is legal and awkward: what differs from an ordinary one. */
export interface HostileCustomer {
  readonly row: Partial<CustomerRow>
  readonly addresses?: readonly AddressRow[]
}

/** Rows that a shop collects in fourteen years, from customer 2 on; monolith/README.md says what is awkward about each. */
export const hostileCustomers: readonly HostileCustomer[] = [
  { row: { nm: 'McKAY, IAN', email: 'Ian.McKay@Example.COM', ph: '' } },
  {
    row: {
      nm: "O'BRIEN, SIOBHAN",
      email: "siobhan.o'brien@example.com",
      crt_dt: '11/03/2019 01:30 AM',
      upd_dt: '11/03/2019 01:30 AM',
    },
  },
  { row: { nm: 'VAN DER BERG, ANNA MARIA', crt_dt: '02/29/2016 12:00 AM', upd_dt: '02/29/2016 12:30 PM' } },
  { row: { nm: 'CHER', intrsts: '', ph: null } },
  { row: { nm: 'GARCÍA, JOSÉ', crt_dt: '03/10/2019 03:00 AM', upd_dt: '11/05/2023 01:00 AM' } },
  { row: { nm: 'SMITH, JOHN' } },
  { row: { nm: 'SMITH, JOHN, JR', intrsts: 'GARDEN,BOOKS', crd_lim: '0.00' } },
  { row: { nm: 'ÖZTÜRK, İPEK', crt_dt: '12/31/2019 11:59 PM', upd_dt: '01/01/2020 12:00 AM' } },
  { row: { nm: "ST. JAMES-WHYTE, D'ARCY", ph: '+44 20 7946 0000 x12', crd_lim: '1000000.00' }, addresses: [] },
  { row: { nm: 'LI, XU', loy_tier: null, lst_seen_dt: null }, addresses: [london(), twin('N'), twin('Y'), twin('Y')] },
  { row: { nm: 'NULL, ROBERT', ph: '', st_cd: 'S', intrsts: '' } },
  { row: { nm: 'DELETED, DEE', st_cd: 'X', del_flg: 'Y' } },
  { row: { nm: 'CLOSED, CLAUDE', st_cd: 'X', del_flg: 'N', nl_flg: 'Y' } },
  { row: { nm: '李, 小龍', upd_dt: '11/02/2014 01:59 AM', crt_dt: '11/02/2014 12:59 AM' } },
]

function london(): AddressRow {
  return {
    typ_cd: 'B',
    ln1: '221B Baker Street',
    ln2: '',
    city: 'London',
    st: '',
    zip: 'NW1 6XE',
    ctry: 'GB',
    dflt_flg: 'Y',
  }
}

function twin(dflt_flg: 'Y' | 'N'): AddressRow {
  return {
    typ_cd: 'S',
    ln1: '12 "Quoted" Ln; Apt <3>',
    ln2: null,
    city: 'Agawam',
    st: 'MA',
    zip: '01001',
    ctry: 'US',
    dflt_flg,
  }
}
