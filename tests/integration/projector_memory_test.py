"""The memory of the projector does not grow with the run."""

import postgres_program as pp
import writ_program as wp


class ProjectorMemory(pp.PostgresTest):
    def check_flat(self, url):
        records = wp.scaled(10_000_000, least=200_000)
        done = wp.run(wp.tool("projector_memory"), url, self.folder / "journal", records, timeout=3000)
        print(done.out, end="", flush=True)
        self.assertIn("figure: anonymous MiB", done.out)

    def test_of_sqlite(self):
        self.check_flat(self.folder / "memory.db")

    def test_of_postgres(self):
        self.check_flat(self.server.make_database())


if __name__ == "__main__":
    wp.main()
