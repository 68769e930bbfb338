// What a supplier's tester does all day.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { enterHubs, returnsFile } from '../hubs.mjs'

const kMeter = '00db1234567890a0', kNowhere = '00db1234567890ee'

export const supplier = [
  {
    who: 'tester', task: 'finds a service by words, previews, signs and sends the request, and reads the answer',
    async steps({ page, hand, look, menu, api }) {
      await menu('Send a request')
      await hand.type(page.getByLabel(/^Name, number or use case/), 'read balance')
      await hand.click(page.getByRole('button', { name: 'Apply' }))
      await look('services found')
      await hand.click(page.getByRole('link', { name: 'Read Meter Balance' }))
      await hand.type(page.getByLabel('Device', { exact: true }), kMeter)
      await hand.click(page.getByRole('button', { name: 'Preview', exact: true }))
      await page.getByRole('heading', { name: 'Preview' }).waitFor()
      await look('the preview')
      await hand.click(page.getByRole('button', { name: 'Sign and send' }))
      await page.locator('dd').getByText('answered', { exact: true }).waitFor({ timeout: 60000 })
      await look('the answer')
      const shown = await page.getByLabel(/^Answer /).first().innerText()
      const request = new URL(page.url()).pathname.split('/').pop()
      const { json } = await api('GET', `/requests/${request}/answer`)
      assert.equal(json.state, 'answered')
      assert.equal(json.service, '4.18')
      assert.ok(json.answers[0].opened, 'its signature or MAC checks')
      assert.equal(shown.trim(), json.answers[0].words.trim())
    },
  },
  {
    who: 'tester', task: 'pastes a RequestID, reads where it failed and whose move it is, and takes the evidence along',
    async steps({ page, hand, look, api, portal }) {
      const request = portal.send('4.1.1', '--to', kNowhere)
      await hand.type(page.getByRole('banner').getByLabel('RequestID, device or words'), request)
      await hand.click(page.getByRole('banner').getByRole('button', { name: 'Find' }))
      const verdict = page.getByRole('region', { name: 'Whose move it is' })
      await verdict.waitFor()
      await look('the trace of what failed')
      const words = await verdict.innerText()
      const file = await hand.download(page.getByRole('link', { name: /evidence/ }))
      const { json } = await api('GET', `/trace/${encodeURIComponent(request)}?format=json`)
      const kept = JSON.parse(spawnSync('unzip', ['-p', await file.path(), 'trace.json'], { encoding: 'utf8' }).stdout)
      assert.equal(kept.request_id, json.request_id)
      assert.deepEqual(kept.verdict, json.verdict)
      assert.equal(json.verdict.code, 'E19')
      assert.equal(json.verdict.who, 'user')
      for (const one of [json.verdict.code, json.verdict.who_words, json.verdict.next]) assert.ok(words.includes(one), one)
    },
  },
  {
    who: 'tester', task: 'returns hubs with one file: checked, tried, run, and the results row by row',
    async prepare({ portal }) { await enterHubs(portal, 20) },
    async steps({ page, hand, look, menu, api, portal, way }) {
      const from = way === 'mouse' ? 0 : 10
      await menu('Bulk jobs')
      await hand.file(page.getByLabel('CSV file'), returnsFile(portal, `${way}.csv`, from, from + 8, 'no hub,no fault\r\n'))
      await hand.type(page.getByLabel('Name'), `Returns by ${way}`)
      await hand.click(page.getByRole('button', { name: 'Upload and check' }))
      await page.getByRole('heading', { level: 1, name: new RegExp(`Returns by ${way}`) }).waitFor()
      await page.getByRole('link', { name: '8 valid', exact: true }).waitFor()
      await look('the job, checked')
      await hand.click(page.getByRole('button', { name: 'Dry run' }))
      await page.getByRole('link', { name: '8 would be done' }).waitFor()
      await hand.click(page.getByRole('button', { name: 'Run', exact: true }))
      await hand.click(page.getByRole('button', { name: 'Confirm: run' }))
      await hand.click(page.getByRole('link', { name: '8 done' }))
      await page.getByRole('link', { name: /^HR/ }).first().waitFor()
      await look('the results')
      const job = new URL(page.url()).pathname.split('/').pop()
      const { json } = await api('GET', `/jobs/${job}/rows?outcome=done`)
      assert.equal(json.rows.length, 8)
      for (const { reference } of json.rows) assert.equal((await portal.api('operator', 'GET', `/ledger/hub_return/${reference}`)).status, 200, reference)
    },
  },
]
