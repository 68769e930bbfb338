// What a network operator's engineer does all day. He is the officer for his party's thresholds, too.
import assert from 'node:assert/strict'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { Officers } from '../officers.mjs'

const kNetwork = '90b3d51f30020000', kMeter = '00db1234567890a0'
let officers

export const network = [
  {
    who: 'engineer', task: 'goes from the outage board to the hub that is off, to the alert that his party is owed, and sees supply come back',
    async steps({ page, hand, look, menu, api, portal, until }) {
      portal.meterway('estate', 'outage', '--data', portal.data, '--hubs', '1', '--for', '1h')
      await until(async () => (await api('GET', '/outages?state=off')).json.outages[0]?.told > 0)
      await menu('Outages')
      const off = page.getByRole('region', { name: /by region/ }).getByRole('row').filter({ hasText: 'North' }).getByRole('cell').nth(1)
      assert.equal(await off.innerText(), '1')
      await look('the board')
      await hand.click(off.getByRole('link'))
      await page.getByRole('region', { name: 'Losses, the latest first' }).getByText('off', { exact: true }).waitFor()
      await hand.click(page.getByRole('link', { name: /^trace of the loss/ }))
      await page.getByRole('heading', { level: 1, name: 'Trace' }).waitFor()
      await look('the loss, step by step')
      const [loss] = (await api('GET', '/outages?state=off')).json.outages
      assert.ok(decodeURIComponent(new URL(page.url()).pathname).endsWith(loss.trace))
      await menu('Alerts')
      await hand.type(page.getByLabel('Code (8F3E, AD1)'), 'AD1')
      await hand.click(page.getByRole('button', { name: 'Apply' }))
      await hand.click(page.getByRole('link', { name: 'AD1', exact: true }))
      await page.getByRole('region', { name: 'Whose move it is' }).waitFor()
      await look('the alert, step by step')
      const key = decodeURIComponent(new URL(page.url()).pathname.replace('/trace/', ''))
      const told = (await api('GET', '/alerts?code=AD1')).json.alerts.find((one) => one.key === key)
      assert.deepEqual(told.told.map((one) => one.user), [kNetwork])
      assert.ok(key.includes(loss.id), key)

      portal.meterway('estate', 'restore', '--data', portal.data)
      await until(async () => (await api('GET', '/outages?state=off')).json.total === 0)
      await menu('Outages')
      assert.equal(await off.innerText(), '0')
    },
  },
  {
    who: 'engineer', task: 'sets a threshold, sees what it holds, and lets it go together with a colleague',
    async prepare({ portal }) { officers = await Officers.appoint(portal, ['engineer', 'colleague']) },
    async steps({ page, hand, look, menu, api, open, portal, way, until }) {
      const [service, reference] = way === 'mouse' ? ['4.1.1', 'SMR-1'] : ['11.2', 'SMR-2']
      await menu('Anomaly detection')
      await hand.click(page.getByRole('main').getByRole('link', { name: 'Set thresholds' }))
      await hand.type(page.getByLabel('Reference of'), reference)
      await hand.type(page.getByLabel('Service variant'), service)
      await hand.type(page.getByLabel('Hold above'), '1')
      await hand.click(page.getByRole('button', { name: /^Preview/ }))
      await page.getByRole('region', { name: 'Preview', exact: true }).waitFor()
      await look('a threshold, tried against the last 30 days')
      const saved = await hand.download(page.getByRole('button', { name: 'Save the file' }))
      const file = join(portal.folder, `${reference}.csv`)
      copyFileSync(await saved.path(), file)
      await hand.file(page.getByLabel('Its signature (.p7s)'), officers.sign(file))
      await hand.file(page.getByLabel('The file (CSV)'), file)
      await hand.click(page.getByRole('button', { name: 'Bring it' }))
      await page.getByRole('heading', { name: 'Receipt' }).waitFor()
      await look('the receipt')

      for (let n = 0; n < 3; ++n) portal.send(service, '--from', kNetwork, '--to', kMeter, '--no-wait')
      await until(async () => (await api('GET', '/anomaly/quarantine?state=held')).json.requests.length === 2)
      await menu('Quarantined requests')
      for (const box of await page.getByRole('region', { name: 'Requests', exact: true }).getByRole('checkbox').all()) await hand.check(box)
      await hand.click(page.getByRole('button', { name: 'Release 2' }))
      await look('what a release does')
      await hand.click(page.getByRole('button', { name: 'Confirm: release 2' }))
      await page.getByText(/you asked to release/).first().waitFor()
      assert.equal((await api('GET', '/anomaly/quarantine?state=held')).json.requests.length, 2, 'one person releases nothing')

      const other = await open('colleague', '/quarantine')
      await other.hand.click(other.page.getByRole('button', { name: 'Choose the 2 that another has asked for' }))
      await other.hand.click(other.page.getByRole('button', { name: 'Release 2' }))
      await other.hand.click(other.page.getByRole('button', { name: 'Confirm: release 2' }))
      await other.page.getByText('No data').or(other.page.getByText('Filtered out')).first().waitFor()
      const released = (await api('GET', '/anomaly/quarantine?state=released')).json.requests.filter((one) => one.service_reference_variant === service)
      assert.equal(released.length, 2)
      for (const one of released) assert.deepEqual([...one.decided_by].sort(), ['colleague', 'engineer'])
    },
  },
  {
    who: 'engineer', task: 'finds a home by its metering point, opens the meter, and sees which certificates it holds and until when',
    async steps({ page, hand, look, menu, api, portal }) {
      const { json } = await portal.api('operator', 'GET', '/devices?limit=200')
      const meter = json.devices.find((one) => one.type === 'ESME' && one.details.ImportMPxN)
      await menu('Homes and devices')
      await hand.type(page.getByLabel('MPAN or MPRN'), meter.details.ImportMPxN)
      await hand.click(page.getByRole('button', { name: 'Apply' }))
      await look('the home')
      await hand.click(page.getByRole('region', { name: 'Devices of the home' }).getByRole('link', { name: meter.eui }))
      const certificates = page.getByRole('region', { name: 'Its certificates' })
      await certificates.waitFor()
      await look('the meter')
      const shown = await certificates.locator('tbody tr td:first-child').allInnerTexts()
      const told = (await api('GET', `/inventory/${meter.eui}`)).json
      assert.ok(shown.length >= 2)
      assert.deepEqual(shown.sort(), told.certificates.map((one) => one.serial).sort())
      await hand.click(page.getByRole('link', { name: 'what is read from it again and again' }))
      assert.equal(new URL(page.url()).pathname + new URL(page.url()).search, `/schedules?device=${meter.eui}`)
      await look('its schedules')
      const { entries } = (await portal.api('operator', 'GET', '/audit/entries?function=inventory.read&who=engineer&limit=50')).json
      assert.ok(entries.length >= 2, 'each look-up is in the audit')
    },
  },
]
