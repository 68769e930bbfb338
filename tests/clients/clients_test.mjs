// The client programs published by the DCC for its test product, as they come from the npm registry:
//   @smartdcc/duis-parser        writes requests and reads answers
//   @smartdcc/duis-sign-wrap     signs, and checks schema and signature (a Java program with schema 5.1a)
//   @smartdcc/dccboxed-keystore  keys of the test organisations, and the certificate search
// They sign for a node whose organisations have the keys of that key store. Pass: every exchange of a User works.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Inbox } from './inbox.mjs'
import { Node, meterway } from './node.mjs'
import { tariff } from './tariff.mjs'

const require = createRequire(import.meta.url)
const { constructDuis, parseDuis } = require('@smartdcc/duis-parser')
const { signDuis, validateDuis } = require('@smartdcc/duis-sign-wrap')
const { BoxedKeyStore, KeyUsage } = require('@smartdcc/dccboxed-keystore')
const KEYSTORE = require.resolve('@smartdcc/dccboxed-keystore/keystore.json')

const SUPPLIER = '90-b3-d5-1f-30-01-00-00'
const BROKER = '90-b3-d5-1f-30-00-00-02'
const ESME = '00-db-12-34-56-78-90-a0'
const HUB = '00-db-12-34-56-78-90-a2'
const HUB_4G = '00-db-12-34-56-78-91-00'  // only in the inventory
const PUSH_PATH = '/smartdcc/duis'
/** The DCC's certificate that both releases of the signing tool know. */
const DCC_SERIAL = '167048897159233642262001557408276884033'

const plain = (eui) => eui.replaceAll('-', '')
let node
let inbox

before(async () => {
  node = await Node.start(KEYSTORE, (config) => {
    config.schedule_spread_ms = 0
    config.devices.push({
      eui: plain(HUB_4G), type: 'CHF', state: 'Commissioned', hub: plain(HUB_4G),
      details: { DeviceManufacturer: 'Meterway', DeviceModel: 'Emulated CHF', CSPRegion: '4G North', Connectivity: 'Cellular' },
    })
  })
  inbox = await Inbox.open(node.pushPort, PUSH_PATH, signed)
})

after(async () => {
  await inbox?.close()
  await node?.stop()
})

/** The tool lets an unsigned response pass: so a signature must be there, exactly one, by the DCC's certificate. */
async function signed(xml) {
  assert.equal(xml.match(/<(\w+:)?Signature[\s>]/g)?.length, 1, 'one signature')
  assert.deepEqual(xml.match(/(?<=X509SerialNumber>)[^<]+/g), [DCC_SERIAL])
  return parseDuis('simplified', await validateDuis({ xml }))
}

function request({ target, variant, cv, body, counter = 1 }) {
  return constructDuis('simplified', {
    header: {
      type: 'request', requestId: { originatorId: SUPPLIER, targetId: target, counter }, commandVariant: cv,
      serviceReference: variant.split('.').slice(0, 2).join('.'), serviceReferenceVariant: variant,
    },
    body,
  })
}

const idOf = (xml) => xml.match(/RequestID>([^<]*)</)[1]

async function exchange(service, xml) {
  const answer = await node.post(service, xml)
  assert.equal(answer.status, 200, answer.xml + node.log)
  assert.equal(answer.type.split(';')[0], 'application/xml')
  const duis = await signed(answer.xml)
  assert.equal(duis.header.type, 'response')
  return { ...answer, duis }
}

const push = (id, ms = 30000) => inbox.next((xml) => idOf(xml).toLowerCase() === id.toLowerCase(), ms)
  .catch((error) => { throw new Error(`${error.message}\n${node.log}`) })

/** A folder with the User's keys and the device's certificates as the published library found them. */
async function keysWith(deviceEui) {
  const folder = join(node.folder, `keys-${plain(deviceEui)}`)
  if (existsSync(folder)) return folder
  mkdirSync(folder)
  const own = join(node.data, 'users', plain(SUPPLIER))
  const files = readdirSync(own, { withFileTypes: true }).filter((entry) => entry.isFile())  // its TLS keys apart
  for (const { name } of files) copyFileSync(join(own, name), join(folder, name))
  const store = await BoxedKeyStore.new(`http://127.0.0.1:${node.smkiPort}`)
  for (const [use, suffix] of [[KeyUsage.digitalSignature, 'ds'], [KeyUsage.keyAgreement, 'ka']]) {
    const found = await store.query({ eui: deviceEui, keyUsage: use, lookup: 'certificate' })
    writeFileSync(join(folder, `${plain(deviceEui)}-${suffix}.pem`), found[0].certificate.toString())
  }
  await store.cleanup()
  return folder
}

/** A folder with what the device can check a command with: its own keys, and the certificates of the others. */
function keysOf(deviceEui) {
  const folder = join(node.folder, `device-${plain(deviceEui)}`)
  if (existsSync(folder)) return folder
  mkdirSync(folder)
  const certificates = join(node.data, 'platform', 'certificates')
  for (const name of readdirSync(certificates)) copyFileSync(join(certificates, name), join(folder, name))
  const own = join(node.data, 'estate', 'keys')
  for (const name of readdirSync(own)) if (name.startsWith(plain(deviceEui))) copyFileSync(join(own, name), join(folder, name))
  return folder
}

function checkWith(keys, payload) {
  const file = join(node.folder, 'message.hex')
  writeFileSync(file, Buffer.from(payload, 'base64').toString('hex'))
  return Object.fromEntries(meterway('check', '--keystore', keys, file).trim().split(/\s+/).map((word) => word.split('=')))
}
const check = async (payload, deviceEui) => checkWith(await keysWith(deviceEui), payload)

/** Signs a pre-command as the User would, with the organisation's own key. */
function signedPreCommand(payload) {
  const file = join(node.folder, 'precommand.hex')
  writeFileSync(file, Buffer.from(payload, 'base64').toString('hex'))
  const command = meterway('sign', '--keystore', join(node.data, 'users', plain(SUPPLIER)), '--quiet', file).trim()
  return { SignedPreCommand: { GBCSPayload: Buffer.from(command, 'hex').toString('base64') } }
}

/** Who asked for local delivery alone has had his answer. */
const nothingPushed = (id) => assert.ok(!inbox.received.some((xml) => idOf(xml).toLowerCase() === id.toLowerCase()))

test('the key store library finds the devices by EUI, byte for byte', async () => {
  const store = await BoxedKeyStore.new(`http://127.0.0.1:${node.smkiPort}`)
  for (const eui of [ESME, HUB]) {
    for (const [use, suffix] of [[KeyUsage.digitalSignature, 'ds'], [KeyUsage.keyAgreement, 'ka']]) {
      const found = await store.query({ eui, keyUsage: use, lookup: 'certificate' })
      assert.equal(found?.length, 1, `${eui} ${suffix}`)
      const file = join(node.data, 'platform', 'certificates', `${plain(eui)}-${suffix}.pem`)
      assert.deepEqual(found[0].certificate.raw, new X509Certificate(readFileSync(file)).raw)
      assert.deepEqual(found[0].keyUsage, [use])
      assert.equal(found[0].eui.toString(), plain(eui))
    }
  }
  await store.cleanup()
})

test('the key store library finds a certificate by its serial number', async () => {
  const certificate = new X509Certificate(readFileSync(join(node.data, 'platform', 'certificates', `${plain(ESME)}-ka.pem`)))
  const store = await BoxedKeyStore.new(`http://127.0.0.1:${node.smkiPort}`)
  const found = await store.query({ serial: BigInt(`0x${certificate.serialNumber}`), lookup: 'certificate' })
  assert.deepEqual((Array.isArray(found) ? found[0] : found).certificate.raw, certificate.raw)
  await store.cleanup()
})

test('the key store library takes what is not there for not there', async () => {
  const store = await BoxedKeyStore.new(`http://127.0.0.1:${node.smkiPort}`)
  const found = await store.query({ eui: '00-00-00-00-00-00-00-01', keyUsage: KeyUsage.keyAgreement, lookup: 'certificate' })
  assert.ok(found === null || found.length === 0)
  await store.cleanup()
})

test('CV 1: a reading is acknowledged and pushed, and its MAC is the meter\'s', async () => {
  const xml = await signDuis({ xml: request({ target: ESME, variant: '4.1.1', cv: 1, body: { ReadInstantaneousImportRegisters: '' } }) })
  const { duis } = await exchange('serviceS', xml)
  assert.equal(duis.header.responseCode, 'I99')

  const pushed = parseDuis('simplified', await validateDuis({ xml: await push(idOf(xml)) }))
  assert.equal(pushed.header.responseCode, 'I0')
  assert.equal(pushed.header.requestId.counter, duis.header.requestId.counter)
  assert.equal(pushed.header.responseId.originatorId.toLowerCase(), ESME)
  assert.equal(pushed.header.responseId.targetId.toLowerCase(), SUPPLIER)
  const words = await check(pushed.body.ResponseMessage.GBCSPayload, ESME)
  assert.equal(words.kind, 'response')
  assert.equal(words.mac, 'valid')
})

test('CV 4 then CV 5: a tariff comes back as a pre-command, is signed, and is carried', async () => {
  const xml = await signDuis({ xml: request({ target: ESME, variant: '1.1.1', cv: 4, body: tariff }) })
  const { duis } = await exchange('serviceT', xml)
  assert.equal(duis.header.responseCode, 'I0')
  const { GBCSVersion, GBCSPayload } = duis.body.ResponseMessage.PreCommand
  assert.match(GBCSVersion, /^\d+\.\d+$/)

  const second = await signDuis({
    xml: request({
      target: ESME, variant: '1.1.1', cv: 5, counter: duis.header.requestId.counter,
      body: signedPreCommand(GBCSPayload),
    }),
    preserveCounter: true,
  })
  const accepted = await exchange('serviceS', second)
  assert.equal(accepted.duis.header.responseCode, 'I99')

  const pushed = parseDuis('simplified', await validateDuis({ xml: await push(idOf(second)) }))
  assert.equal(pushed.header.responseCode, 'I0')
  const words = await check(pushed.body.ResponseMessage.GBCSPayload, ESME)
  assert.equal(words.signature, 'valid')
})

test('5.1, 5.2, 5.3: a schedule is made, its answer pushed as a scheduled message, told and deleted', async () => {
  const ask = async (variant, body) => exchange('serviceD', await signDuis({ xml: request({ target: BROKER, variant, cv: 8, body }) }))
  const moment = new Date(Date.now() + 15000).toISOString()
  const made = await ask('5.1', {
    CreateSchedule: {
      ScheduleFrequency: 'Daily', ScheduleStartDate: moment.slice(0, 10), ScheduleExecutionStartTime: moment.slice(11, 19) + 'Z',
      DSPScheduledServiceReference: '4.8', DSPScheduledServiceReferenceVariant: '4.8.1', DeviceID: ESME.toUpperCase(),
      DSPReadActiveImportProfileData: { StartDateOffset: '-1', StartTime: '00:00:00.00Z', EndDateOffset: '0', EndTime: '00:00:00.00Z' },
    },
  })
  assert.equal(made.duis.header.responseCode, 'I0')
  const id = made.duis.body.ResponseMessage.DSPScheduleID
  const told = await ask('5.2', { ReadSchedule: { DeviceID: ESME.toUpperCase() } })
  assert.equal(String(told.duis.body.ResponseMessage.DSPSchedulesRead.DSPSchedules.DSPScheduleID), String(id))

  const xml = await inbox.next((one) => one.includes('DSPScheduledMessage'), 60000)
  const pushed = parseDuis('simplified', await validateDuis({ xml }))
  assert.equal(pushed.header.responseCode, 'I0')
  assert.equal(pushed.body.ResponseMessage.ServiceReferenceVariant, '4.8.1')
  const message = pushed.body.ResponseMessage.DSPScheduledMessage
  assert.equal(String(message.DSPScheduleID), String(id))
  const words = await check(message.GBCSPayload, ESME)
  assert.equal(words.kind, 'response')
  assert.equal(words.mac, 'valid')

  const deleted = await ask('5.3', { DeleteSchedule: { DSPScheduleID: id } })
  assert.equal(deleted.duis.header.responseCode, 'I99')
})

test('CV 2: a command for local delivery comes back complete, with the MAC of the DCC', async () => {
  const xml = await signDuis({ xml: request({ target: ESME, variant: '4.1.1', cv: 2, body: { ReadInstantaneousImportRegisters: '' } }) })
  const { duis } = await exchange('serviceD', xml)
  assert.equal(duis.header.responseCode, 'I0')
  const words = checkWith(keysOf(ESME), duis.body.ResponseMessage.LocalCommand.GBCSPayload)
  assert.equal(words.kind, 'command')
  assert.equal(words.target, plain(ESME))
  assert.equal(words.originator, plain(SUPPLIER))
  assert.equal(words.counter, String(duis.header.requestId.counter))
  assert.equal(words.mac, 'valid')
  nothingPushed(idOf(xml))
})

test('CV 4 then CV 6: a signed pre-command comes back as a local command, signature and MAC on it', async () => {
  const xml = await signDuis({ xml: request({ target: ESME, variant: '1.1.1', cv: 4, body: tariff }) })
  const { duis } = await exchange('serviceT', xml)
  assert.equal(duis.header.responseCode, 'I0')
  const signedOne = signedPreCommand(duis.body.ResponseMessage.PreCommand.GBCSPayload)
  const second = await signDuis({
    xml: request({ target: ESME, variant: '1.1.1', cv: 6, counter: duis.header.requestId.counter, body: signedOne }),
    preserveCounter: true,
  })
  const { duis: answer } = await exchange('serviceD', second)
  assert.equal(answer.header.responseCode, 'I0')
  assert.equal(answer.header.requestId.counter, duis.header.requestId.counter)
  const words = checkWith(keysOf(ESME), answer.body.ResponseMessage.LocalCommand.GBCSPayload)
  assert.equal(words.kind, 'command')
  assert.equal(words.mac, 'valid')
  assert.equal(words.signature, 'valid')
  nothingPushed(idOf(second))
})

test('CV 8: the inventory is read', async () => {
  const xml = await signDuis({ xml: request({ target: BROKER, variant: '8.2', cv: 8, body: { ReadInventory: { DeviceID: HUB.toUpperCase() } } }) })
  const { duis } = await exchange('serviceD', xml)
  assert.equal(duis.header.responseCode, 'I0')
  const types = duis.body.ResponseMessage.DSPInventory.Device.map((device) => device.DeviceType).sort()
  assert.deepEqual(types, ['CHF', 'ESME', 'GPF', 'GSME', 'PPMID'])
})

test('a changed answer is refused by the signing tool, as is a changed request by the platform', async () => {
  const xml = await signDuis({ xml: request({ target: BROKER, variant: '8.2', cv: 8, body: { ReadInventory: { DeviceID: HUB.toUpperCase() } } }) })
  const { xml: answer } = await exchange('serviceD', xml)
  const changed = answer.replace(/(ResponseDateTime>\d{3})(\d)/, (_, head, digit) => head + (digit === '1' ? '2' : '1'))
  assert.notEqual(changed, answer)
  await assert.rejects(validateDuis({ xml: changed }), /failed signature check/)

  const refused = await node.post('serviceD', xml.replace(/(:)(\d+)(<\/sr:RequestID>)/, '$11$2$3'))
  assert.ok(!/ResponseCode>I/.test(refused.xml), `${refused.status} ${refused.xml}`)
})

test('a request for a device that nobody knows is answered with a signed refusal and status 200', async () => {
  const xml = await signDuis({ xml: request({ target: '00-00-00-00-00-00-00-01', variant: '4.1.1', cv: 1, body: { ReadInstantaneousImportRegisters: '' } }) })
  const { duis } = await exchange('serviceS', xml)
  assert.match(duis.header.responseCode, /^E/)
})

test('what only schema 5.4 knows is refused by the tool with schema 5.1a, and valid by the official schema', async (t) => {
  const xml = await signDuis({ xml: request({ target: BROKER, variant: '8.2', cv: 8, body: { ReadInventory: { DeviceID: HUB_4G.toUpperCase() } } }) })
  const answer = await node.post('serviceD', xml)
  assert.equal(answer.status, 200)
  await assert.rejects(validateDuis({ xml: answer.xml }), /failed xsd validation/)
  t.diagnostic('only in 5.4: CSPRegion "4G North" and Connectivity in the answer to 8.2')

  const schemas = process.env.METERWAY_RTDS && join(process.env.METERWAY_RTDS, 'xsd')
  if (!schemas || !existsSync(schemas)) return t.diagnostic('no reference data (METERWAY_RTDS): not judged by the official schema')
  const copies = join(node.folder, 'xsd')
  mkdirSync(copies)
  // libxml2 takes neither blanks in a schema's file name nor a 38-digit serial number as xs:integer.
  for (const name of readdirSync(schemas)) {
    const text = readFileSync(join(schemas, name), 'utf8').replace(/schemaLocation="[^"]*\/?([^"/]+)"/g, (whole) => whole.replaceAll(' ', '_'))
    writeFileSync(join(copies, name.replaceAll(' ', '_')), text)
  }
  const document = join(node.folder, 'answer.xml')
  writeFileSync(document, answer.xml.replace(/<(\w+:)?Signature[\s>][\s\S]*<\/(\w+:)?Signature>/, ''))
  const schema = readdirSync(copies).find((name) => name.startsWith('DUIS_Schema'))
  execFileSync('xmllint', ['--noout', '--nonet', '--schema', join(copies, schema), document], { stdio: 'pipe' })
})
