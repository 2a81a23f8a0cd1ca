import { type Dialect, serialKey } from './dialect.ts'

/** The version of the shop's schema, kept in shop_inf. */
export const schemaVersion = '8'

/** The status history of orders, which came with version 8. */
export const statusHistory = `CREATE TABLE ord_st (
      ord_id INTEGER NOT NULL,
      seq INTEGER NOT NULL,
      st_cd TEXT NOT NULL,
      chg_dt TEXT NOT NULL,
      PRIMARY KEY (ord_id, seq)
    )`

/** The statements that make the shop's schema, in order: one schema for all modules, without foreign keys. */
export function schemaStatements(dialect: Dialect): readonly string[] {
  return [
    ...people(serialKey(dialect)),
    ...goods(serialKey(dialect)),
    ...sales(serialKey(dialect)),
    ...house(serialKey(dialect)),
  ]
}

function people(serial: string): readonly string[] {
  return [
    `CREATE TABLE cust (
      cust_id ${serial},
      nm TEXT NOT NULL,
      email TEXT NOT NULL,
      pwd_hash TEXT NOT NULL,
      pwd_salt TEXT NOT NULL,
      ph TEXT,
      st_cd TEXT NOT NULL DEFAULT 'A',
      nl_flg TEXT NOT NULL DEFAULT 'N',
      intrsts TEXT NOT NULL DEFAULT '',
      loy_tier TEXT,
      crt_dt TEXT NOT NULL,
      upd_dt TEXT NOT NULL,
      lst_ord_dt TEXT,
      lst_seen_dt TEXT,
      del_flg TEXT NOT NULL DEFAULT 'N',
      crd_lim TEXT
    )`,
    'CREATE UNIQUE INDEX cust_email ON cust (lower(email))',
    `CREATE TABLE cust_addr (
      addr_id ${serial},
      cust_id INTEGER NOT NULL,
      typ_cd TEXT NOT NULL,
      ln1 TEXT NOT NULL,
      ln2 TEXT,
      city TEXT NOT NULL,
      st TEXT NOT NULL,
      zip TEXT NOT NULL,
      ctry TEXT NOT NULL DEFAULT 'US',
      dflt_flg TEXT NOT NULL DEFAULT 'N'
    )`,
    'CREATE INDEX cust_addr_cust ON cust_addr (cust_id)',
    `CREATE TABLE sess (
      sess_id TEXT PRIMARY KEY,
      cust_id INTEGER,
      crt_dt TEXT NOT NULL,
      exp_ts INTEGER NOT NULL
    )`,
    'CREATE INDEX sess_exp ON sess (exp_ts)',
    `CREATE TABLE api_cli (
      api_key TEXT PRIMARY KEY,
      cli_nm TEXT NOT NULL,
      act_flg TEXT NOT NULL DEFAULT 'Y',
      crt_dt TEXT NOT NULL
    )`,
    'CREATE TABLE adm_usr (cust_id INTEGER PRIMARY KEY, role_cd TEXT NOT NULL)',
  ]
}

function goods(serial: string): readonly string[] {
  return [
    'CREATE TABLE prod_cat (cat_cd TEXT PRIMARY KEY, cat_nm TEXT NOT NULL, srt INTEGER NOT NULL)',
    `CREATE TABLE prod (
      prod_id ${serial},
      sku TEXT NOT NULL UNIQUE,
      ttl TEXT NOT NULL,
      descr TEXT,
      prc TEXT NOT NULL,
      cat_cd TEXT NOT NULL,
      tags TEXT NOT NULL DEFAULT '',
      act_flg TEXT NOT NULL DEFAULT 'Y',
      crt_dt TEXT NOT NULL
    )`,
    'CREATE INDEX prod_cat_cd ON prod (cat_cd, prod_id)',
    `CREATE TABLE inv (
      prod_id INTEGER PRIMARY KEY,
      qty_oh INTEGER NOT NULL,
      reord_pt INTEGER NOT NULL,
      reord_qty INTEGER NOT NULL,
      upd_dt TEXT NOT NULL
    )`,
    `CREATE TABLE inv_mv (
      mv_id ${serial},
      prod_id INTEGER NOT NULL,
      qty INTEGER NOT NULL,
      rsn_cd TEXT NOT NULL,
      ord_id INTEGER,
      mv_dt TEXT NOT NULL
    )`,
    'CREATE INDEX inv_mv_prod ON inv_mv (prod_id)',
    `CREATE TABLE cart_ln (
      sess_id TEXT NOT NULL,
      prod_id INTEGER NOT NULL,
      qty INTEGER NOT NULL,
      PRIMARY KEY (sess_id, prod_id)
    )`,
  ]
}

function sales(serial: string): readonly string[] {
  return [
    `CREATE TABLE ord_hdr (
      ord_id ${serial},
      cust_id INTEGER NOT NULL,
      st_cd TEXT NOT NULL,
      ord_dt TEXT NOT NULL,
      ship_to TEXT NOT NULL,
      sub_amt TEXT NOT NULL,
      ship_amt TEXT NOT NULL,
      tax_amt TEXT NOT NULL,
      tot_amt TEXT NOT NULL,
      src_cd TEXT NOT NULL,
      nt TEXT
    )`,
    'CREATE INDEX ord_hdr_cust ON ord_hdr (cust_id, ord_id)',
    `CREATE TABLE ord_ln (
      ord_id INTEGER NOT NULL,
      ln_no INTEGER NOT NULL,
      prod_id INTEGER NOT NULL,
      ttl TEXT NOT NULL,
      qty INTEGER NOT NULL,
      prc TEXT NOT NULL,
      amt TEXT NOT NULL,
      PRIMARY KEY (ord_id, ln_no)
    )`,
    statusHistory,
    `CREATE TABLE pmt (
      pmt_id ${serial},
      ord_id INTEGER NOT NULL,
      typ_cd TEXT NOT NULL,
      amt TEXT NOT NULL,
      st_cd TEXT NOT NULL,
      card_l4 TEXT,
      auth_cd TEXT,
      pmt_dt TEXT NOT NULL
    )`,
    'CREATE INDEX pmt_ord ON pmt (ord_id)',
    `CREATE TABLE shpmt (
      shp_id ${serial},
      ord_id INTEGER NOT NULL,
      crr_cd TEXT NOT NULL,
      trk_no TEXT,
      st_cd TEXT NOT NULL,
      shp_dt TEXT,
      dlv_dt TEXT
    )`,
    'CREATE INDEX shpmt_ord ON shpmt (ord_id)',
  ]
}

function house(serial: string): readonly string[] {
  return [
    `CREATE TABLE ml_out (
      ml_id ${serial},
      to_addr TEXT NOT NULL,
      subj TEXT NOT NULL,
      body TEXT NOT NULL,
      st_cd TEXT NOT NULL,
      crt_dt TEXT NOT NULL,
      snt_dt TEXT
    )`,
    'CREATE INDEX ml_out_st ON ml_out (st_cd, ml_id)',
    `CREATE TABLE job_run (
      run_id ${serial},
      job_nm TEXT NOT NULL,
      st_dt TEXT NOT NULL,
      chg_cnt INTEGER NOT NULL
    )`,
  ]
}
