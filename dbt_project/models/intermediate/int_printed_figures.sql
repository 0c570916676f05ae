with

printed as (

    select * from {{ ref('stg_published_figures') }}

),

catalogue as (

    select * from {{ ref('figure_catalogue') }}

),

-- A figure that is printed as at least so many takes the catalogue's step where its row gives none.
final as (

    select
        -- ids
        printed.figure_id,

        -- text
        printed.qualifier,

        -- numerics
        printed.value,
        coalesce(printed.step, catalogue.step) as step,
        coalesce(catalogue.decimals, 0) as decimals
    from printed
    left join catalogue on printed.figure_id = catalogue.figure_id

)

select * from final
