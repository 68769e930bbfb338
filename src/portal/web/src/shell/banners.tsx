import { useSession } from '@/lib/session'
import { useApi } from '@/lib/use_api'

interface Danger { name: string; value: unknown; why: string }
const kEvery = 60_000

/// What everybody must know on every page: what makes this node fit for tests alone. It stays: nothing closes it.
export function Banners() {
  const session = useSession()
  const told = useApi<{ dangerous: Danger[] }>(session.signedIn ? '/configuration/dangerous' : null, {}, { every: kEvery, quiet: true })
  const dangers = told.value?.dangerous ?? []
  if (!session.signedIn || dangers.length === 0) return null
  return (
    <section class="mw-banner" aria-label="For tests alone">
      <details>
        <summary><strong>This node is for tests alone:</strong> {dangers.map((one) => one.name).join(', ')}</summary>
        <ul class="govuk-list govuk-list--bullet">{dangers.map((one) => <li key={one.name}><code>{one.name}</code>: {one.why}</li>)}</ul>
        {session.may(['configuration.read']) && <p><a class="govuk-link" href="/configuration">The configuration</a></p>}
      </details>
    </section>
  )
}
