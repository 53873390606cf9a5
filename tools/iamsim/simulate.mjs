// Answers authorization requests with the IAM simulator that package.json
// pins. One JSON document on stdin, one on stdout:
//
//   in   {"documents": {name: policy},
//         "requests": [{"principal", "action", "resource", "account", "context", "ambient",
//                       "identity": [name], "boundary": [name], "resourcePolicy": name}]}
//   out  [{"decision": "Allowed" | "ExplicitlyDenied" | "ImplicitlyDenied", "by": [Sid]}
//         or {"error": "…"}], in the order of the requests
//
// The simulator leaves out context keys that AWS does not send for an action.
// For those in "context" that is an error here: a test that relies on such a
// key would prove nothing. Those in "ambient" are sent wherever AWS sends them.

import { text } from 'node:stream/consumers'
import { allowedContextKeysForRequest, runSimulation } from '@cloud-copilot/iam-simulate'

const { documents, requests } = JSON.parse(await text(process.stdin))

function named(names) {
  return (names ?? []).map((name) => {
    if (!(name in documents)) throw new Error(`no document ${JSON.stringify(name)}`)
    return { name, policy: documents[name] }
  })
}

async function answer(request) {
  const [resourcePolicy] = named(request.resourcePolicy ? [request.resourcePolicy] : [])
  const boundary = named(request.boundary)
  const contextVariables = { ...(await sent(request)), ...request.context }
  const response = await runSimulation(
    {
      request: {
        principal: request.principal,
        action: request.action,
        resource: { resource: request.resource, accountId: request.account },
        contextVariables,
      },
      identityPolicies: named(request.identity),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(resourcePolicy ? { resourcePolicy: resourcePolicy.policy } : {}),
      ...(boundary.length > 0 ? { permissionBoundaryPolicies: boundary } : {}),
    },
    { simulationMode: 'Strict' },
  )
  if (response.resultType === 'error') return { error: JSON.stringify(response.errors) }
  const results = response.resultType === 'single' ? [response.result] : response.results
  const ignored = new Set(results.flatMap((r) => r.ignoredContextKeys ?? []))
  if (ignored.size > 0) {
    return { error: `AWS sends no ${[...ignored].sort().join(', ')} with ${request.action} on ${request.resource}` }
  }
  return { decision: response.overallResult, by: [...new Set(results.flatMap((r) => deciding(r.analysis)))].sort() }
}

// sent are the ambient keys that AWS sends with the request.
async function sent({ action, resource, ambient }) {
  const [service, name] = action.split(':')
  const patterns = (await allowedContextKeysForRequest(service, name, resource)).map((key) => key.split('/')[0])
  return Object.fromEntries(Object.entries(ambient ?? {}).filter(([key]) => patterns.includes(key.toLowerCase().split('/')[0])))
}

// deciding are the statements that made the decision: those that deny, or else
// those that allow.
function deciding(analysis) {
  const parts = [
    analysis?.identityAnalysis,
    analysis?.permissionBoundaryAnalysis,
    analysis?.resourceAnalysis,
  ].filter(Boolean)
  const sids = (list) => parts.flatMap((p) => p[list] ?? []).map((s) => s.statement.sid() ?? '')
  const denies = sids('denyStatements')
  return denies.length > 0 ? denies : sids('allowStatements')
}

const answers = []
for (const request of requests) {
  try {
    answers.push(await answer(request))
  } catch (e) {
    answers.push({ error: e.message })
  }
}
process.stdout.write(JSON.stringify(answers))
