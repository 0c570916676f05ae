with

findings as (

    select * from {{ ref('int_findings') }}

),

moves as (

    select * from {{ ref('figure_moves') }}

),

catalogue as (

    select * from {{ ref('figure_catalogue') }}

),

sources_of_figures as (

    select * from {{ ref('figure_sources') }}

),

-- The file that most rows of a figure come from.
main_sources as (

    select
        sources_of_figures.figure_id,
        sources_of_figures.source_file
    from sources_of_figures
    qualify
        row_number() over (
            partition by sources_of_figures.figure_id
            order by sources_of_figures.rows desc, sources_of_figures.source_file asc
        ) = 1

),

moved as (

    select
        'note' as severity,
        'figure_moved' as code,
        coalesce(main_sources.source_file, 'figures.csv') as source_file,
        catalogue.label || ' (' || moves.figure_id || ') moved from '
        || {{ figure_as_text('moves.previous_value', 'catalogue.decimals') }} || ' the year before to '
        || {{ figure_as_text('moves.value', 'catalogue.decimals') }} as message
    from moves
    inner join catalogue
        on moves.figure_id = catalogue.figure_id
    left join main_sources
        on moves.figure_id = main_sources.figure_id
    where
        not moves.is_within_band
        and catalogue.beyond_band = 'tell'

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
