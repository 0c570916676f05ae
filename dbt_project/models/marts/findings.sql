with

findings as (

    select * from {{ ref('int_findings') }}

),

moves as (

    select * from {{ ref('figure_changes') }}

),

catalogue as (

    select * from {{ ref('figure_catalogue') }}

),

sources_of_figures as (

    select * from {{ ref('figure_sources') }}

),

-- Files behind a figure, the registrations of all events as one.
files as (

    select
        figure_id,
        case
            when source_file like 'events/registrations/%' then 'events/registrations'
            else source_file
        end as source_file,
        rows as evidence_rows
    from sources_of_figures

    union all

    -- Which of its events count for what, the programme says.
    select
        figure_id,
        'events/programme.csv' as source_file,
        0 as evidence_rows
    from sources_of_figures
    where
        source_file like 'events/registrations/%'
        or source_file in ('events/speakers.csv', 'registers/meetings.csv')

),

counted_files as (

    select
        figure_id,
        source_file,
        sum(evidence_rows) as evidence_rows
    from files
    group by
        figure_id,
        source_file

),

ranked as (

    select
        figure_id,
        source_file,
        row_number() over (
            partition by figure_id
            order by evidence_rows desc, source_file asc
        ) as place
    from counted_files

),

main_sources as (

    select
        figure_id,
        max(case when place = 1 then source_file end) as source_file,
        concat_ws(
            ', ',
            max(case when place = 1 then source_file end),
            max(case when place = 2 then source_file end),
            max(case when place = 3 then source_file end),
            max(case when place = 4 then source_file end)
        ) as files
    from ranked
    group by figure_id

),

moved as (

    select
        'note' as severity,
        'figure_moved' as code,
        coalesce(main_sources.source_file, 'figures.csv') as source_file,
        catalogue.label || ' (' || moves.figure_id || ') moved from '
        || {{ figure_as_text('moves.previous_value', 'catalogue.decimals') }} || ' the year before to '
        || {{ figure_as_text('moves.value', 'catalogue.decimals') }}
        || coalesce('; it rests on ' || main_sources.files, '') as message
    from moves
    inner join catalogue
        on moves.figure_id = catalogue.figure_id
    left join main_sources
        on moves.figure_id = main_sources.figure_id
    where
        (not moves.is_within_band and catalogue.beyond_band = 'tell')
        or (moves.value = 0 and moves.previous_value > 0)

),

final as (

    select
        -- text
        severity,
        code,
        source_file,
        message
    from findings

    union all

    select
        severity,
        code,
        source_file,
        message
    from moved

)

select * from final
