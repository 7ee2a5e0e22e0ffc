// What muster does in a run, as one would write it in Node: a token, then page after page over https on one
// connection, each parsed, its records mapped to the unified employee and written as NDJSON.
//
//	node same_work.js PORT CA_FILE
'use strict';
const https = require('https');
const fs = require('fs');

const [port, ca] = process.argv.slice(2);
const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });

function call(method, path, token) {
  return new Promise((resolve, reject) => {
    const headers = token ? { authorization: `Bearer ${token}` } : {};
    const request = https.request({
      host: '127.0.0.1', servername: 'api.cultureamp.com', port, path, method, agent, headers,
      ca: fs.readFileSync(ca),
    }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString('utf8'))));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end();
  });
}

function unified(record) {
  return {
    id: record.id, employee_number: record.employeeIdentifier, full_name: record.name,
    preferred_name: record.preferredName, work_email: record.email, hire_date: record.startDate,
    termination_date: record.endDate, date_of_birth: record.birthDate, updated_at: record.processedAt,
  };
}

async function main() {
  const { access_token: token } = await call('POST', '/v1/oauth2/token');
  let cursor = null;
  do {
    const page = await call('GET', `/v1/employees${cursor ? `?cursor=${cursor}` : ''}`, token);
    process.stdout.write(page.data.map((record) => `${JSON.stringify(unified(record))}\n`).join(''));
    cursor = page.pagination.afterKey;
  } while (cursor);
  agent.destroy();
}

main();
