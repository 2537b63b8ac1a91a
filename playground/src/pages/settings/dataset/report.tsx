/** What was read of an uploaded file, and which of its rows were not taken. */
import { List, Stack, Table, Text } from "@mantine/core";

import type { ImportReport } from "../../../api/rest";
import { count } from "../../../ui/format";
import { Scroll } from "../../../ui/scroll";
import { Facts } from "../facts";

export function Report({ report }: { report: ImportReport }) {
  const { rows, documents, rejected, undated, warnings, errors } = report;
  return (
    <Stack gap="sm">
      <Facts
        of={[
          ["Rows", count(rows)],
          ["Documents", count(documents)],
          ["Rejected", count(rejected)],
          ["Without a date", count(undated)],
        ]}
      />
      {warnings.length > 0 ? (
        <div>
          <Text fw={600}>Warnings</Text>
          <List size="sm" aria-label="Warnings">
            {warnings.map((warning) => (
              <List.Item key={warning}>{warning}</List.Item>
            ))}
          </List>
        </div>
      ) : null}
      {errors.length > 0 ? (
        <div>
          <Text fw={600}>
            {rejected > errors.length
              ? `The first ${errors.length} of ${count(rejected)} rows that cannot be read`
              : "Rows that cannot be read"}
          </Text>
          <Scroll minWidth={460}>
            <Table aria-label="Rows that cannot be read">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th className="number">Line</Table.Th>
                  <Table.Th>Column</Table.Th>
                  <Table.Th>What is wrong</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {errors.map(({ line, column, message }, place) => (
                  <Table.Tr key={place}>
                    <Table.Td className="number">{count(line)}</Table.Td>
                    <Table.Td>{column ?? "–"}</Table.Td>
                    <Table.Td style={{ overflowWrap: "anywhere" }}>{message}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Scroll>
        </div>
      ) : null}
    </Stack>
  );
}
