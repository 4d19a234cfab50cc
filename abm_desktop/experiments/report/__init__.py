"""From stored runs to a report: tables, figures, sentences, files."""
