import { useState } from 'preact/hooks'
import { ask } from '@/lib/api'
import { useFilters } from '@/lib/location'
import { useSession } from '@/lib/session'
import { useApi } from '@/lib/use_api'
import { announce } from '@/parts/announce'
import { Confirm } from '@/parts/confirm'
import { Button, ErrorSummary, Input } from '@/parts/fields'
import { Filters } from '@/parts/filters'
import { Loaded } from '@/parts/states'
import { Table, whyEmpty } from '@/parts/table'
import { State } from '@/parts/tag'
import { When } from '@/parts/when'
import { Bring } from '@/pages/anomaly/bring'
import type { Wrong } from '@/pages/anomaly/file'

interface Item {
  quarantine_id: number; user_id: string; request_id: string; service_reference_variant: string; device_id: string; received_at: string; expires_at: string
  breach: string; threshold: string | number; counted_value: string | number; why: string; state: string; asked: string; asked_by: string; decided_at: string; decided_by: string[]; reason: string
}
const kLimit = 1000

/// What anomaly detection holds. One person asks to let it go or delete it, another sees what that does and makes it so.
export function Quarantine() {
  const [query] = useFilters()
  const session = useSession()
  const asked = { user: query.get('user'), state: query.get('state') ?? 'held', after: query.get('after'), limit: kLimit }
  const held = useApi<{ requests: Item[] }>('/anomaly/quarantine', asked, { every: 30000 })
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set())
  const [errors, setErrors] = useState<Wrong[]>([])
  const [reason, setReason] = useState('')
  const [progress, setProgress] = useState<number | null>(null)
  const decides = session.may(['anomaly.quarantine.decide'])
  const rows = held.value?.requests ?? []
  const taken = rows.filter((r) => chosen.has(r.quarantine_id) && r.state === 'held')
  const heldNow = rows.filter((r) => r.state === 'held')
  const waiting = heldNow.filter((r) => r.asked && r.asked_by !== session.me?.id)
  const decide = async (action: 'release' | 'delete') => {
    const wrong: Wrong[] = []
    let made = 0, asks = 0
    setProgress(0)
    for (const one of taken) {
      setProgress((n) => (n ?? 0) + 1)
      const answer = await ask<Item>(`/anomaly/quarantine/${one.quarantine_id}/${action}`, { method: 'POST', json: reason ? { reason } : {} })
      if (!answer.ok) wrong.push({ text: `${one.quarantine_id}: ${answer.problem.title}: ${answer.problem.detail}` })
      else if (answer.status === 202) ++asks
      else ++made
    }
    setErrors(wrong)
    setProgress(null)
    setChosen(new Set())
    announce(`${made} decided, ${asks} wait for another person, ${wrong.length} refused`)
    held.refresh()
  }
  return (
    <>
      <h1 class="govuk-heading-l">Quarantined requests</h1>
      <p class="govuk-body"><a class="govuk-link" href="/anomaly">Thresholds and warnings</a>. Two different people release or delete; or an officer signs a file.</p>
      <ErrorSummary errors={errors} />
      <Filters of={[
        { name: 'state', label: 'State (held, if none is chosen)', choices: ['held', 'released', 'deleted', 'expired'].map((s) => ({ value: s, label: s })) },
        { name: 'user', label: 'User (EUI-64)' },
      ]} />
      {heldNow.length > 0 && decides && <div class="mw-actions">
        {waiting.length > 0 && <Button kind="secondary" onClick={() => setChosen(new Set(waiting.map((r) => r.quarantine_id)))}>Choose the {waiting.length} that another has asked for</Button>}
        <Button kind="secondary" onClick={() => setChosen(new Set(heldNow.map((r) => r.quarantine_id)))}>Choose all {heldNow.length} on this page</Button>
      </div>}
      <Loaded from={held}>{() => (
        <Table caption="Requests" rows={rows} rowKey={(r) => r.quarantine_id} empty={whyEmpty(query, 'state')} csv={{ path: '/anomaly/quarantine', query: { ...asked, limit: '', after: '' } }}
          next={rows.length === kLimit ? rows[rows.length - 1]!.quarantine_id : null} columns={[
            ...(decides ? [{ title: 'Choose', cell: (r: Item) => r.state === 'held' && <input type="checkbox" aria-label={`Choose ${r.quarantine_id}`} checked={chosen.has(r.quarantine_id)} onChange={(e) => {
              const next = new Set(chosen)
              if (e.currentTarget.checked) next.add(r.quarantine_id)
              else next.delete(r.quarantine_id)
              setChosen(next)
            }} /> }] : []),
            { title: 'Number', cell: (r) => r.quarantine_id, number: true },
            { title: 'Request', cell: (r) => <a class="govuk-link mw-mono mw-nowrap" href={`/trace/${encodeURIComponent(r.request_id)}`}>{r.request_id}</a> },
            { title: 'Service', cell: (r) => r.service_reference_variant }, { title: 'State', cell: (r) => <State of={r.state} /> },
            { title: 'Why', cell: (r) => <div class="mw-detail">{r.why || `${r.counted_value} counted, ${r.threshold} allowed`}</div> }, { title: 'Came', cell: (r) => <When at={r.received_at} /> },
            { title: 'Ends', cell: (r) => <When at={r.state === 'held' ? r.expires_at : r.decided_at} /> },
            { title: 'Whose move it is', cell: (r) => moveOf(r, session.me?.id) },
          ]} />
      )}</Loaded>
      {decides && taken.length > 0 && (
        <section aria-label="Decide">
          <h2 class="govuk-heading-m">Decide on {taken.length}</h2>
          <Reach of={taken} />
          {progress !== null && <p class="govuk-body" role="status">{progress} of {taken.length} told</p>}
          <Input id="reason" label="Reason" value={reason} onValue={setReason} />
          <div class="mw-actions">
            <Confirm action={`Release ${taken.length}`} title={`${count(taken.length, 'request')} go on to their devices`} onConfirm={() => decide('release')}><Reach of={taken} /></Confirm>
            <Confirm action={`Delete ${taken.length}`} title={`${count(taken.length, 'request')} are refused for good`} kind="warning" onConfirm={() => decide('delete')}><Reach of={taken} /></Confirm>
          </div>
        </section>
      )}
      <p class="govuk-body">The report as CSV is signed by the DCC: its detached signature is the answer's header <code>x-signature</code>.</p>
      {session.may(['anomaly.actions.submit']) && <Bring what="an action file" path="/anomaly/actions" byBackUp={session.may(['anomaly.dcc.set'])} onDone={held.refresh} />}
    </>
  )
}

function moveOf(r: Item, me: string | undefined) {
  if (r.state !== 'held') return r.decided_by.join(' and ') || 'nobody: it has run out'
  if (!r.asked) return 'an officer of the User asks'
  return r.asked_by === me ? `you asked to ${r.asked}; another person must, too` : <strong>{r.asked_by} asked to {r.asked}; another person makes it so</strong>
}

const count = (n: number, what: string) => `${n.toLocaleString('en-GB')} ${what}${n === 1 ? '' : 's'}`

/// What a decision reaches: how many devices, of which services, and what others have asked.
function Reach({ of }: { of: readonly Item[] }) {
  const devices = new Set(of.map((r) => r.device_id)).size
  const services = [...new Set(of.map((r) => r.service_reference_variant))].sort().join(', ')
  const second = of.filter((r) => r.asked).length
  return (
    <p class="govuk-body">
      <strong>{count(of.length, 'request')} to {count(devices, 'device')}</strong>, services {services}.
      {second > 0 && ` For ${second} of them another person has asked already: the same decision is carried out at once.`}
      {of.length > second && ` For ${of.length - second} nobody has asked yet: another person must decide, too.`}
    </p>
  )
}
