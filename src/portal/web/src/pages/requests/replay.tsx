import { useState } from 'preact/hooks'
import { ask, part, type Problem } from '@/lib/api'
import { useSession } from '@/lib/session'
import { announce } from '@/parts/announce'
import { Button } from '@/parts/fields'
import { ProblemBox } from '@/parts/states'
import { Table } from '@/parts/table'

interface Side { bytes: string; message: unknown }
interface Replayed {
  same: boolean; original: Side | null; replayed: Side | null; refusal: string | null; alerts: string[]; note: string
  differences: { path: string; original: unknown; replayed: unknown }[]
}
const shown = (value: unknown): string => (value === null || value === undefined ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value))

/// The same command once more, by a copy of the emulated device: test nodes alone.
export function ReplayOnEmulator({ request }: { request: string }) {
  const session = useSession()
  const [answer, setAnswer] = useState<Replayed | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  if (!session.may(['trace.replay'])) return null
  const replay = async () => {
    const told = await ask<Replayed>(`/trace/${part(request)}/replay`, { method: 'POST' })
    setAnswer(told.ok ? told.value : null)
    setProblem(told.ok ? null : told.problem)
    announce(told.ok ? 'Replayed' : 'Not replayed')
  }
  return (
    <section aria-labelledby="replay">
      <h2 class="govuk-heading-m" id="replay">Replay on the emulator</h2>
      <p class="govuk-body">A copy of the emulated device, as it is now, carries the same command out once more. Nothing of the device changes.</p>
      <Button kind="secondary" onClick={replay}>Replay</Button>
      {problem && <ProblemBox problem={problem} />}
      {answer && (
        <>
          <p class="govuk-body" role="status"><strong>{answer.refusal ? `The copy refused it: ${answer.refusal}.` : answer.same ? 'The same answer.' : answer.original ? 'Another answer than then.' : 'There was no answer then; this is what it says now.'}</strong> {answer.note}.</p>
          {answer.differences.length > 0 && <Table caption="What is different" rows={answer.differences} rowKey={(d) => d.path} columns={[
            { title: 'Where', cell: (d) => <span class="mw-mono">{d.path}</span> }, { title: 'Then', cell: (d) => <div class="mw-detail"><span class="mw-mono">{shown(d.original)}</span></div> },
            { title: 'Replayed', cell: (d) => <div class="mw-detail"><span class="mw-mono">{shown(d.replayed)}</span></div> },
          ]} />}
          {!answer.original && answer.replayed && <pre class="mw-pre mw-mono" tabIndex={0} role="region" aria-label="Replayed answer">{JSON.stringify(answer.replayed.message, null, 2)}</pre>}
        </>
      )}
    </section>
  )
}
