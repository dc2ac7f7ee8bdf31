"""What could go wrong, row by row, and the test that tries it; where there is none, why.

``python -m tests.reliability.page`` writes docs/reliability.md anew from this and from what tests have counted.
"""

from __future__ import annotations

from typing import NamedTuple

DOCUMENT = "scenario/test_document.py::test_a_bad_document_is_refused_with_its_own_words"
LOADED = "scenario/test_load.py::test_one_wrong_value"
LOG = "experiment/calibration/test_reading.py::test_what_is_wrong_with_a_log_is_told_with_row_and_column"
TYPED = "interface/test_cli.py::test_bad_input_ends_with_2_says_what_to_do_and_writes_nothing"
STUDY = "experiment/study/test_file.py::test_a_bad_study_is_refused_with_its_place_and_what_to_do"
WEEKLY = "model/test_invariants.py::test_every_week_of_any_scenario"
ROWS_OF_CIRCUMSTANCES = "reliability/test_determinism.py::test_all_circumstances_have_the_same_bits"
HERE = "reliability/"
STOPPED = "experiment/study/test_stopped_by_force.py::"


class Row(NamedTuple):
    """Something that could go wrong."""

    what: str
    tests: tuple[str, ...] = ()
    """Each as ``folder/file.py::name``, below tests/."""
    note: str = ""
    """What the tests leave out and why; or why there are none."""


def row(what: str, *tests: str, note: str = "") -> Row:
    return Row(what, tests, note)


FAULTS = (
    row(
        "killed while writing",
        HERE + "test_killed.py::test_a_hundred_writers_die_and_nothing_is_lost",
        HERE + "test_killed.py::test_a_sweep_killed_twenty_times_anywhere_ends_as_an_undisturbed_one",
    ),
    row(
        "each call to the system fails once, or from then on",
        HERE + "test_refused.py::test_each_call_that_fails_costs_nothing_that_was_finished",
        HERE + "test_refused.py::test_each_system_call_that_fails_costs_nothing_that_was_finished",
        note="From then on in the layer within the process only; strace makes a call fail once, or die in it.",
    ),
    row(
        "full disk, no inodes, read-only, file too large",
        HERE + "test_refused.py::test_a_disk_that_is_full_or_read_only",
        HERE + "test_refused.py::test_limits_of_the_system_end_in_a_sentence",
        "interface/test_cli.py::test_a_full_disk_behind_stdout_ends_with_5",
    ),
    row("flipped bits in Parquet", HERE + "test_damage.py::test_a_thousand_flipped_bits_are_all_noticed"),
    row(
        "Parquet cut short, of other shape",
        HERE + "test_damage.py::test_every_file_cut_short_or_replaced_is_noticed",
        HERE + "test_damage.py::test_parquet_of_another_shape_or_of_a_newer_kind_is_noticed",
    ),
    row("damaged manifest", "experiment/test_store.py::test_a_damaged_manifest_is_named_and_never_guessed_at"),
    row(
        "two writers",
        HERE + "test_killed.py::test_two_who_write_the_same_runs_write_each_once",
        "experiment/study/test_sweep.py::test_two_who_live_one_study_write_each_run_once",
        "experiment/test_store.py::test_where_nothing_can_be_locked_the_writer_is_warned",
    ),
    row(
        "resume: nothing lived twice, nothing stale",
        "experiment/study/test_sweep.py::test_an_interrupted_study_goes_on_where_it_stopped",
        "experiment/study/test_sweep.py::test_runs_of_other_code_are_never_taken_over",
    ),
    row(
        "SIGINT and SIGTERM",
        STOPPED + "test_a_sweep_that_is_asked_to_stop_keeps_what_is_finished",
        "interface/test_cli.py::test_whoever_is_stopped_at_work_leaves_neither_processes_nor_folders",
        note="SIGHUP ends a command at once, as SIGKILL does: what is finished stays.",
    ),
    row("SIGPIPE", "interface/test_cli.py::test_a_reader_who_has_seen_enough_hears_no_complaint"),
    row(
        "a worker dies",
        "experiment/test_executor.py::test_a_worker_that_dies_is_a_failed_run_and_not_a_hang",
        STOPPED + "test_a_worker_of_a_cluster_is_killed_and_nothing_is_lost",
    ),
    row("the scheduler dies", STOPPED + "test_a_scheduler_that_dies_costs_nothing_that_is_finished"),
    row(
        "more memory than there is",
        HERE + "test_refused.py::test_a_market_that_does_not_fit_into_memory_ends_with_5",
        "experiment/test_room.py::test_it_is_refused_with_numbers_before_it_is_made",
        "experiment/test_room.py::test_what_workers_need_together_has_to_fit",
        "experiment/test_executor.py::test_a_worker_that_is_killed_counts_as_lack_of_memory",
        note="Records of people are held against what there is before they are made. Friends and what is made on the "
        "way, about a third more, are not foreseen: what the system grants is tried, and the refusal told.",
    ),
    row(
        "clock, time zone",
        ROWS_OF_CIRCUMSTANCES,
        note="No result holds the time of day; durations come from a clock that never steps. That is not injected.",
    ),
    row("locale, encoding", ROWS_OF_CIRCUMSTANCES, note="Every text file names its encoding: ruff, PLW1514."),
    row("order of sets (PYTHONHASHSEED)", ROWS_OF_CIRCUMSTANCES),
    row("names of files", "experiment/test_store.py::test_no_name_that_people_choose_forms_a_path"),
    row("too many open files", HERE + "test_refused.py::test_limits_of_the_system_end_in_a_sentence"),
    row(
        "narrow counters, narrow sums",
        "rules/test_arithmetic.py::test_entries_of_narrow_columns_become_wide",
        "scenario/test_load.py::test_values_that_do_not_fit",
        note="All counts and money are int64; a scenario whose money could overflow is refused.",
    ),
    row(
        "unsigned with signed integers",
        "state/test_draws.py::test_philox_gives_the_words_published_with_random123",
        "equality/test_clocks.py::test_the_compiler_changes_no_bit",
    ),
    row(
        "NaN and infinity",
        WEEKLY,
        LOADED,
        "experiment/test_runs.py::test_a_run_in_which_a_number_is_none_is_never_kept",
        note="Looked for when a run has been lived, before it is kept: what is no number stays none. In tests in every "
        "week of any world.",
    ),
    row("fastmath, parallel loops", "architecture/test_arrows.py::test_the_package_is_free_of"),
    row(
        "casts of floats, access out of bounds",
        "equality/test_any_scenario.py::test_the_compiler_changes_no_bit",
        note="Without the compiler Python raises on both, and any world lives there to the same bits.",
    ),
    row(
        "division by zero",
        "equality/test_any_scenario.py::test_the_compiler_changes_no_bit",
        note="One decorator, with NumPy's rules for errors.",
    ),
    row("money in floats", "model/test_ledger.py::test_parts_add_up_to_the_amount_and_no_part_is_off_by_more_than_one"),
    row(
        "code in YAML, bombs of aliases, YAML's surprises",
        DOCUMENT,
        "scenario/test_document.py::test_an_alias_bomb_ends_at_once",
        "scenario/test_hostile.py::test_a_hostile_file_is_answered_soon_and_shortly",
    ),
    row(
        "formulas in exports",
        "experiment/test_export.py::test_no_text_begins_as_a_formula_and_none_is_lost",
        "experiment/test_export.py::test_no_cell_of_a_table_begins_as_a_formula_and_numbers_stay",
        "experiment/test_export.py::test_a_text_of_a_workbook_stays_a_text",
    ),
    row(
        "scripts in pages",
        "interface/test_report.py::test_a_hostile_name_is_shown_as_text_and_adds_no_element",
        "interface/test_explore.py::test_the_policy_names_script_and_style_and_a_hostile_name_adds_nothing",
        "pages/test_in_a_browser.py::test_a_page_fits_shows_hostile_names_as_text_and_runs_nothing_of_theirs",
    ),
    row(
        "formulas in pictures",
        "interface/test_plots.py::test_a_name_that_looks_like_a_formula_or_like_markup_is_drawn_as_it_is",
    ),
    row(
        "paths that lead elsewhere",
        "experiment/test_store.py::test_a_manifest_that_points_elsewhere_is_not_followed",
        "experiment/test_store.py::test_a_file_that_became_a_link_is_not_followed",
        "experiment/test_store.py::test_figures_cannot_be_written_elsewhere",
    ),
    row(
        "pickles",
        HERE + "test_security.py::test_no_data_become_code",
        HERE + "test_security.py::test_reading_results_unpickles_nothing",
    ),
    row(
        "quality of random numbers",
        "state/test_draws.py::test_philox_gives_the_words_published_with_random123",
        "state/test_draws.py::test_words_are_uniform_and_neighbours_know_nothing_of_each_other",
        note="PractRand and TestU01 are not run here: Philox 4x32-10 passes them in its authors' hands.",
    ),
)

NOT_PATHWISE = "experiment/test_validation.py::test_all_limits_hold"
INVARIANTS = (
    row("X1 everybody is in one state", WEEKLY),
    row("X2 flows change stocks", WEEKLY),
    row("X3 double entry", WEEKLY, "model/test_ledger.py::test_whatever_is_posted_all_accounts_together_are_zero"),
    row("X4 spend is within the budget", WEEKLY, "strategies/test_contract.py::test_nobody_spends_more_than_it_has"),
    row("X5 revenue is price times units", WEEKLY),
    row(
        "X6 shares are shares, numbers finite",
        WEEKLY,
        "model/test_invariants.py::test_a_share_that_is_none_is_seen",
        "model/test_invariants.py::test_metrics_of_any_world_are_those_of_a_plain_recount",
        note="Each check of X1 to X8 sees bugs that are planted: `test_a_check_sees_the_bug_it_is_there_for`.",
    ),
    row("X7 names are known by ever more without forgetting", WEEKLY),
    row("X8 the diary adds up to the tally", WEEKLY),
    row(
        "P1 a shorter life begins a longer one",
        "worlds/test_two_lives.py::test_a_shorter_life_is_the_beginning_of_a_longer_one",
    ),
    row(
        "P2 a study resumed is a study undisturbed",
        STOPPED + "test_a_sweep_killed_at_random_moments_ends_as_an_undisturbed_one",
        "worlds/test_two_lives.py::test_a_life_taken_up_again_is_the_life_that_was_put_to_rest",
    ),
    row(
        "P3 shuffled people change nothing",
        "equality/test_any_scenario.py::test_agents_one_by_one_live_as_the_compiled_rows_do",
        note="A row is its person: order of activation is shuffled, not identity.",
    ),
    row(
        "P4 businesses keep the places of their file",
        "worlds/test_library.py::test_two_who_change_places_in_the_file_change_outcomes",
        note="A place in the file is a business's identity; places exchanged are compared in distribution.",
    ),
    row(
        "P5 what is irrelevant changes nobody",
        "worlds/test_two_lives.py::test_what_is_irrelevant_changes_nobodys_life",
        "worlds/test_one_more_person.py::test_one_more_person_in_a_group_of_its_own_leaves_everyone_elses_life_unchanged",
    ),
    row("P6 off is off", "worlds/test_off_is_off.py::test_off_is_off_in_any_world"),
    row("P7 another currency", "worlds/test_absorbing.py::test_money_in_another_currency_buys_the_same_in_any_world"),
    row(
        "P8 no budget, no effect",
        "worlds/test_absorbing.py::test_where_nothing_can_happen_nothing_does",
        "worlds/test_absorbing.py::test_a_budget_buys_all_that_is_missing_without_one",
    ),
    row("P9 absorbing cases", "worlds/test_absorbing.py::test_in_many_worlds_where_nothing_can_happen_nothing_does"),
    row(
        "P10, P12 a higher price never attracts",
        "rules/test_sentences.py::test_a_higher_price_never_attracts__nor_does_a_lower_expected_one",
    ),
    row(
        "P11 one draw for each person and business",
        "rules/test_sentences.py::test_the_race_is_the_multinomial_logit",
        note="A rule of design: choice is a race with a draw for each, never one draw over a sum.",
    ),
    row(
        "P13 better care never loses",
        "rules/test_sentences.py::test_better_care_never_loses_a_customer_on_the_same_draw",
    ),
    row(
        "P14 more advertising is known by at least as many",
        "rules/test_sentences.py::test_money_never_does_harm_and_never_passes_its_ceiling",
        note="Of one week, on the same draws.",
    ),
    row(
        "D1, D2, D3, D4, D6 directions over a horizon",
        "experiment/claims/test_bundled.py::test_a_bundled_claim_can_be_tried",
        note="False of single worlds, so no invariants: they are put on trial as claims, with intervals.",
    ),
    row("D5 talk", "experiment/test_validation.py::test_all_limits_hold"),
    row("D7 equals come out equal", "worlds/test_library.py::test_two_equals_get_equal_outcomes"),
    row("D8 halved weeks", note="A tick is a week, everywhere: there is nothing to halve."),
    row("D9 scale", "model/test_market.py::test_people_who_represent_many_are_a_sample_of_a_larger_market"),
    row(
        "D10 seeds",
        "state/test_draws.py::test_words_are_uniform_and_neighbours_know_nothing_of_each_other",
        "worlds/test_one_more_person.py::test_another_seed_is_another_world",
    ),
    row("D11 closed forms", NOT_PATHWISE),
    row(
        "D12 calibration finds what was simulated",
        "experiment/calibration/test_calibrate.py::test_intervals_hold_the_truth_as_often_as_they_say",
    ),
    row(
        "G1 strategies",
        "strategies/test_contract.py::test_every_plan_is_possible_and_depends_on_the_books_alone",
        "strategies/test_contract.py::test_what_a_strategy_is_shown_leads_nowhere",
        "strategies/test_own.py::test_a_plan_that_goes_wrong_fails_the_run_by_name",
        note="A plug-in that never ends is stopped by nobody but Ctrl-C: with a limit on time results would depend on "
        "the machine.",
    ),
)

INPUTS = (
    row("1 a key twice", DOCUMENT),
    row("2 `NO`", DOCUMENT),
    row("3 `1e3`", "scenario/test_document.py::test_a_plain_word_means_what_yaml_1_2_says"),
    row("4 `010`", DOCUMENT),
    row("5 `1:30`", DOCUMENT),
    row("6 a day that is none", DOCUMENT),
    row("7 `.nan`", DOCUMENT),
    row("8 `10,5`, `1,000`", DOCUMENT),
    row("9 `10%`", DOCUMENT),
    row("10 tabs", DOCUMENT),
    row("11 two documents", DOCUMENT),
    row("12 nothing, a list", DOCUMENT),
    row("13 anchors", DOCUMENT, "scenario/test_document.py::test_an_alias_bomb_ends_at_once"),
    row("14 tags", DOCUMENT),
    row("15 deep nesting", "scenario/test_hostile.py::test_deep_nesting_is_left_at_once"),
    row("16 5,000 digits", DOCUMENT),
    row("17 bytes that are no text", "scenario/test_document.py::test_a_file_of_the_wrong_bytes_is_refused"),
    row(
        "18 large files, pipes, folders",
        "scenario/test_document.py::test_only_a_regular_file_is_opened",
        "scenario/test_document.py::test_a_text_of_more_than_a_mebibyte_is_refused",
    ),
    row("19 unknown keys", LOADED),
    row("20 texts for numbers", LOADED),
    row("21 too small", LOADED, "scenario/test_catalogue.py::test_a_number_out_of_bounds_is_refused_by_its_path"),
    row("22 too large", "scenario/test_catalogue.py::test_a_number_out_of_bounds_is_refused_by_its_path"),
    row("23 shares beyond one", "scenario/test_catalogue.py::test_a_number_out_of_bounds_is_refused_by_its_path"),
    row("24 shares that do not add up", "scenario/test_load.py::test_values_that_do_not_fit"),
    row(
        "25 two of one name",
        "experiment/study/test_file.py::test_a_bad_study_is_refused_with_its_place_and_what_to_do",
        LOADED,
    ),
    row(
        "26 hostile names",
        "scenario/test_load.py::test_texts_that_are_too_long",
        LOADED,
        "interface/test_report.py::test_a_hostile_name_is_shown_as_text_and_adds_no_element",
    ),
    row("27 parts of a cent", "scenario/test_load.py::test_values_that_do_not_fit"),
    row("28 money beyond integers", "scenario/test_load.py::test_values_that_do_not_fit"),
    row("29 seeds", TYPED),
    row(
        "30 a study without end, or that says two things of one number",
        STUDY,
        "scenario/test_unknown.py::test_what_something_uncertain_moves_is_not_varied_or_set_beside_it",
    ),
    row(
        "31 bad plug-ins",
        "strategies/test_own.py::test_what_is_no_strategy_is_refused_and_nothing_is_written",
        "strategies/test_own.py::test_a_plan_that_goes_wrong_fails_the_run_by_name",
        note="One that sleeps for ever is stopped by nobody but Ctrl-C, for the same reason as in G1.",
    ),
    row("32 an empty CSV", LOG),
    row(
        "33 `NA` as an id",
        "experiment/calibration/test_reading.py::test_ids_are_texts_and_a_file_may_be_written_as_elsewhere",
    ),
    row(
        "34 `007` and `7`",
        "experiment/calibration/test_reading.py::test_ids_are_texts_and_a_file_may_be_written_as_elsewhere",
    ),
    row(
        "35 semicolons, decimal commas",
        "experiment/calibration/test_reading.py::test_ids_are_texts_and_a_file_may_be_written_as_elsewhere",
        LOG,
    ),
    row("36 columns twice, missing, too many", LOG),
    row("37 open quotes, NUL", LOG),
    row("38 ambiguous dates", LOG),
    row("39 amounts that are none", LOG),
    row(
        "40 bad words on the command line",
        TYPED,
        "interface/test_cli.py::test_a_place_where_nothing_can_be_written_is_refused_before_anything_runs",
        "interface/test_cli.py::test_where_the_current_folder_is_gone_nothing_begins",
    ),
    row(
        "anything else",
        HERE + "test_inputs.py::test_many_spoilt_studies",
        HERE + "test_inputs.py::test_many_spoilt_tables",
        HERE + "test_inputs.py::test_many_command_lines",
        "scenario/test_fuzz.py::test_many_spoilt_files",
        "experiment/calibration/test_reading.py::test_any_of_very_many_bytes_are_a_log_or_refused_in_words",
        note="`lab`, `bench`, `validate` and `claims` are called with a wrong word only: nothing begins to run.",
    ),
)

ATTACKS = (
    row("reach the lab from outside", HERE + "test_security.py::test_the_lab_listens_on_this_machine_only"),
    row(
        "another page speaks to the lab",
        "pages/test_lab_in_a_browser.py::test_a_socket_of_another_page_is_refused",
        "pages/test_lab_in_a_browser.py::test_a_page_that_calls_this_machine_by_a_name_of_its_own_stays_outside",
        "interface/test_lab.py::test_only_our_own_page_comes_in",
    ),
    row(
        "guess a session, open too many",
        "pages/test_lab_in_a_browser.py::test_only_the_address_that_was_printed_opens_it",
        "interface/test_lab.py::test_no_more_lessons_than_there_are_seats",
    ),
    row(
        "files served by the lab",
        "pages/test_lab_in_a_browser.py::test_only_the_address_that_was_printed_opens_it",
        note="Results are never served; scripts only to whoever has the key.",
    ),
    row("uploads", note="There are none."),
    row(
        "wishes of a page that cannot be",
        "interface/test_lab.py::test_what_cannot_be_is_refused_in_words_and_nothing_else_changes",
        "pages/test_lab_in_a_browser.py::test_a_value_that_cannot_be_is_refused_by_the_server_and_put_back",
    ),
    row("markup in names", "pages/test_lab_in_a_browser.py::test_it_fits_and_shows_hostile_names_as_text"),
    row(
        "plug-ins",
        "strategies/test_own.py::test_no_scenario_leads_to_code",
        note="A plug-in is code with your rights, and only a word on the command line loads it.",
    ),
    row(
        "pages that call home",
        "interface/test_report.py::test_a_page_asks_nobody_and_is_small",
        HERE + "test_security.py::test_a_page_says_nothing_of_the_machine_it_was_made_on",
    ),
    row(
        "exports: formulas, people",
        "experiment/test_export.py::test_no_text_begins_as_a_formula_and_none_is_lost",
        "interface/test_calibrating.py::test_what_customers_are_called_is_in_no_byte_that_is_written_or_said",
        "experiment/calibration/test_calibrate.py::test_no_class_of_fewer_than_five_people_is_told",
    ),
    row(
        "results from a stranger",
        "experiment/test_store.py::test_a_file_that_became_a_link_is_not_followed",
        HERE + "test_security.py::test_a_pipe_among_results_does_not_keep_a_reader_waiting",
        note="Arrow reads them in this process, without a limit on memory: open what you trust.",
    ),
    row(
        "a scheduler that anybody reaches",
        HERE + "test_security.py::test_no_cluster_is_reached_over_an_open_network",
        STOPPED + "test_a_cluster_may_want_certificates",
    ),
    row(
        "Dask's dashboard",
        HERE + "test_security.py::test_a_command_with_a_cluster_listens_nowhere_and_the_cluster_of_our_tests_here_only",
        note="No command starts a scheduler or a dashboard.",
    ),
    row(
        "a worker with other code",
        "experiment/study/test_sweep.py::test_a_worker_with_other_code_is_refused",
        STOPPED + "test_a_worker_of_a_cluster_with_another_library_is_refused",
        "experiment/test_cluster.py::test_a_worker_that_is_made_of_something_else_is_refused_by_name",
        note="Our code, Python, NumPy, Numba and Mesa of all workers that are there are compared before anything is "
        "given out; of one that comes later our code is, with each errand.",
    ),
    row(
        "a worker that lies",
        "experiment/test_reproduce.py::test_another_luck_is_seen",
        note="`reproduce` lives everything again. No hundredth of a sweep is done twice by itself: it would make every "
        "sweep dearer for everybody, and whoever doubts a worker may ask for all of it.",
    ),
    row(
        "planted results",
        "experiment/study/test_sweep.py::test_damage_anywhere_is_seen",
        note="Hashes find damage, not somebody who can write in the folder and makes new hashes.",
    ),
    row(
        "dependencies and caches",
        "experiment/test_executor.py::test_a_folder_named_sim_where_the_user_stands_is_not_taken_for_ours",
        note="`constraints.txt` pins versions without hashes; the cache is the user's own.",
    ),
    row("words that move the terminal", HERE + "test_security.py::test_no_word_moves_the_terminal"),
)

SECTIONS: dict[str, tuple[Row, ...]] = {
    "faults": FAULTS,
    "invariants": INVARIANTS,
    "inputs": INPUTS,
    "attacks": ATTACKS,
}
